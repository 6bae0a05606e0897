import { afterAll, beforeAll, expect, test } from "vitest";
import { openIntegrationServices, openWebhook } from "../../../../../test/integration/integration-services.ts";
import type { IntegrationServices } from "../index.ts";
import { clearHandsOff, isHandsOff, listHandsOff, setHandsOff } from "./hands-off.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

test("a switch stands once, covers what lies below it, and is told of", async () => {
  const { projectId } = await openWebhook(services);
  const who = { type: "system", id: null, name: "ada" } as const;
  const { db } = services.database;
  const service = { projectId, service: "checkout" };
  await expect(
    setHandsOff(services.database, who, { projectId: null, service: "checkout", reason: "x" }),
  ).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  const set = await setHandsOff(services.database, who, { ...service, reason: "a migration" });
  expect((await setHandsOff(services.database, who, { ...service, reason: "again" })).id).toBe(set.id);
  expect(await isHandsOff(db, service)).toMatchObject({ reason: "a migration", set_by: "ada" });
  expect(await isHandsOff(db, { projectId, service: null })).toBeNull();
  await setHandsOff(services.database, who, { projectId, service: null, reason: "a freeze" });
  expect(await isHandsOff(db, { projectId, service: "cart" })).toMatchObject({ reason: "a freeze" });
  await clearHandsOff(services.database, who, service);
  await expect(clearHandsOff(services.database, who, service)).rejects.toMatchObject({ code: "NOT_FOUND" });
  const all = await listHandsOff(db, { projectId, state: "all", limit: 1 });
  expect(all.items).toMatchObject([{ reason: "a freeze", cleared_at: null }]);
  const next = await listHandsOff(db, { projectId, state: "all", limit: 1, cursor: all.next_cursor ?? "" });
  expect(next).toMatchObject({ items: [{ reason: "a migration", cleared_by: "ada" }], next_cursor: null });
  const { rows } = await services.database.pool.query(
    "SELECT action FROM audit_log WHERE project_id = $1 AND action LIKE 'hands_off%' ORDER BY id",
    [projectId],
  );
  expect(rows.map(({ action }) => action)).toEqual(["hands_off.set", "hands_off.set", "hands_off.cleared"]);
});
