import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { createProject } from "../../../domains/access/index.ts";
import { prepareSignal, storeSignals } from "../../../domains/incident/index.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { gateApprove, gateSuppress, gateSuppressed } from "./gate.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());
const openDatabase = async () => own.database;

test("an incident is suppressed and approved at the terminal, with a reason, in the project that is named", async () => {
  const shop = await createProject(own.database.db, { name: "shop" });
  await createProject(own.database.db, { name: "bank" });
  const item = prepareSignal(shop.id, plainSignal({ severity: "high" }), new Date());
  const { stored } = await own.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
  const id = toPublicId("inc", stored[0]?.incidentId ?? "");
  const run = (command: typeof gateApprove, flags: Record<string, string | boolean>, words = [id]) =>
    runCommand(command, { openDatabase, flags, words });

  await expect(run(gateSuppress, {})).rejects.toThrow("--reason is missing");
  await expect(run(gateSuppress, { reason: "known", project: "bank" })).rejects.toThrow("There is no incident");
  expect(await run(gateSuppress, { reason: "known", project: "shop" })).toMatchObject({
    ...{ code: 0, printed: [`${id} is suppressed.`] },
  });
  const listed = await run(gateSuppressed, { project: "shop" }, []);
  expect(listed.printed.join("\n")).toContain("known");
  const approved = await run(gateApprove, { reason: "a customer called", project: "shop", json: true });
  expect(JSON.parse(approved.printed[0] ?? "")).toEqual({
    ...{ id, status: "triaged", decision: "approved", rationale: "a customer called" },
  });
  await expect(run(gateSuppress, { reason: "x" })).rejects.toThrow(/^The incident is triaged: only what is open, /);
});
