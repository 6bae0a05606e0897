import { createHash, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { createProject } from "../access/index.ts";
import { listIncidents } from "./list-incidents.ts";
import { toStore } from "./signal-to-store.ts";
import { storeSignals } from "./store-signals.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

test("a list of one service holds its incidents in every cluster and of no other service or project, page by page", async () => {
  const { database } = test_;
  const open = async (projectId: string, title: string, cluster: string, service: string) => {
    const fingerprint = { version: 1, hash: createHash("sha256").update(title).digest() };
    const signal = plainSignal({ title, traceId: randomUUID().replaceAll("-", "") });
    const item = toStore({ projectId, signal, fingerprint, receivedAt: new Date() });
    const { stored } = await database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
    await sql`
      WITH s AS (INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
        VALUES (gen_random_uuid(), ${projectId}, ${cluster}, 'production', ${service}) RETURNING service_id)
      UPDATE incidents SET service_id = (SELECT service_id FROM s) WHERE id = ${stored[0]?.incidentId}`.execute(
      database.owner,
    );
  };
  const project = async () => (await createProject(database.db, { name: `list ${randomUUID()}` })).id;
  const [own, other] = [await project(), await project()];
  await open(own, "first", "default", "cart");
  await open(own, "second", "eu-1", "cart");
  await open(own, "third", "default", "stock");
  await open(other, "foreign", "default", "cart");
  const of = (service: string, cursor?: string) =>
    listIncidents(database.db, { projectId: own, service, limit: 1, cursor });
  const newest = await of("cart");
  const next = await of("cart", newest.next_cursor ?? "");
  expect([...newest.incidents, ...next.incidents].map(({ title, service }) => [title, service])).toEqual([
    ["second", "cart"],
    ["first", "cart"],
  ]);
  expect(next.next_cursor).toBeNull();
  expect((await of("nobody")).incidents).toEqual([]);
});
