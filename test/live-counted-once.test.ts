import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject } from "../server/src/domains/access/index.ts";
import { prepareSignal, storeSignals } from "../server/src/domains/incident/index.ts";
import { readOtlpLogs, readOtlpTraces } from "../server/src/vendors/otlp/index.ts";
import { createTestDatabase, type TestDatabase } from "./database/create-test-database.ts";
import { type Exported, failedCheckout } from "./scenario/failed-checkout.ts";

/** A request that failed is one occurrence, however many services and signals tell of it. By real OTLP and the intake's verbs. */

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

async function newProject(): Promise<string> {
  return (await createProject(test_.database.db, { name: `counted ${crypto.randomUUID()}` })).id;
}

async function send(projectId: string, signal: keyof Exported, bodies: readonly Exported[]): Promise<void> {
  const receivedAt = new Date();
  const context = { receivedAt, fallbackService: "unknown" };
  const events = bodies.flatMap((body) =>
    signal === "traces"
      ? readOtlpTraces(body.traces, "application/json", context).events
      : readOtlpLogs(body.logs, "application/json", context).events,
  );
  const items = events.map((event) => prepareSignal(projectId, event, receivedAt));
  await test_.database.transaction((tx) => storeSignals(tx, items, { payloadsPerIncident: 5 }));
}

async function counted(projectId: string) {
  const { rows } = await sql<{ title: string; count: number; stored: number }>`
    SELECT i.title, c.occurrence_count::int AS count,
      (SELECT count(*) FROM incident_occurrences o WHERE o.incident_id = i.id AND o.is_counted)::int AS stored
    FROM incidents i JOIN incident_counters c ON c.incident_id = i.id WHERE i.project_id = ${projectId} ORDER BY i.created_at, i.id`.execute(
    test_.database.db,
  );
  return rows;
}

const title = "TypeError: Cannot read properties of undefined (reading 'quantity')";

test.each([["traces", "logs"] as const, ["logs", "traces"] as const])(
  "a request that fails through three services and is logged counts once, however often it is sent: %s before %s",
  async (first, second) => {
    const projectId = await newProject();
    for (let batch = 0; batch < 4; batch += 1) {
      const requests = Array.from({ length: 3 }, (_, index) =>
        failedCheckout(Date.now() - 5_000, 1000 + batch * 3 + index),
      );
      for (const signal of [first, second, second]) await send(projectId, signal, requests);
    }
    expect(await counted(projectId)).toEqual([{ title, count: 12, stored: 12 }]);
  },
);
