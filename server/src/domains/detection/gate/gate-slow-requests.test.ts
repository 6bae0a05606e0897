import { randomBytes } from "node:crypto";
import { type GatePolicy, gatePolicySchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createProject } from "../../access/index.ts";
import { moveIncident, prepareSignal, storeSignals } from "../../incident/index.ts";
import { gateIncidents } from "./gate-incidents.ts";
import { tryOnHistory } from "./try-on-history.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
const traceId = () => randomBytes(16).toString("hex");

async function newCase() {
  const { db } = test_.database;
  const projectId = (await createProject(db, { name: `p ${newId()}` })).id;
  const store = async (...signals: ReturnType<typeof plainSignal>[]) =>
    test_.database.transaction((tx) =>
      storeSignals(
        tx,
        signals.map((signal) => prepareSignal(projectId, signal, new Date())),
        { payloadsPerIncident: 5 },
      ),
    );
  return {
    projectId,
    store,
    /** A request that a span told of as too slow, so many minutes ago by its sender's clock. */
    slow: (minutesAgo = 0, trace = traceId()) =>
      plainSignal({
        ...{ door: "otlp", detector: "latency", exceptions: [], severity: "medium", title: "High latency: GET /cart" },
        ...{ grouping: ["latency", "shop", "GET /cart"], traceId: trace, occurredAt: ago(minutesAgo).toISOString() },
      }),
    gate: (investigationsPerMinute = 30) =>
      gateIncidents(test_.database, recordingQueue(), { projectId, investigationsPerMinute }),
    decisions: async () =>
      (
        await sql<{ decision: string; rationale: string; rule: string; slow: number | null }>`
          SELECT decision, rationale, details ->> 'rule' AS rule, (details ->> 'slow_requests')::int AS slow FROM incident_decisions
          WHERE project_id = ${projectId} AND decision IN ('approved', 'suppressed') ORDER BY decided_at, decision_id`.execute(
          db,
        )
      ).rows,
    tryPolicy: (parts: Partial<Record<keyof GatePolicy, unknown>> = {}) =>
      tryOnHistory(db, {
        ...{ projectId, policy: gatePolicySchema.parse(parts), days: 14, now: new Date(Date.now() + 1000) },
      }),
  };
}

test("one slow request wakes nobody; the third within a quarter of an hour wakes the gate, which approves with the number", async () => {
  const { projectId, slow, store, gate, decisions } = await newCase();
  await store(slow(9));
  expect(await gate()).toMatchObject({ approved: 0, suppressed: 1 });
  expect((await store(slow(4))).projectsToGate).toEqual([projectId]);
  expect(await gate()).toMatchObject({ approved: 0, suppressed: 0 });
  expect((await store(slow())).projectsToGate).toEqual([projectId]);
  expect(await gate()).toMatchObject({ approved: 1 });
  expect(await decisions()).toMatchObject([
    { decision: "suppressed", rule: "latency", slow: 1, rationale: expect.stringContaining("3 are asked for") },
    {
      ...{ decision: "approved", rule: "new_failure", slow: 3 },
      rationale: expect.stringContaining("3 requests of this route were slow within 15 min."),
    },
  ]);
});

test("three of one export are approved at once, three of one trace are one request, and three over hours are none", async () => {
  const [burst, trace, sparse] = [await newCase(), await newCase(), await newCase()];
  await burst.store(burst.slow(), burst.slow(), burst.slow());
  const one = traceId();
  await trace.store(trace.slow(0, one), trace.slow(0, one), trace.slow(0, one));
  await sparse.store(sparse.slow(90), sparse.slow(50), sparse.slow());
  expect(await burst.gate()).toMatchObject({ approved: 1 });
  expect(await trace.gate()).toMatchObject({ approved: 0, suppressed: 1 });
  expect(await sparse.gate()).toMatchObject({ approved: 0, suppressed: 1 });
});

test("two are enough where the service was deployed in the quarter of an hour before", async () => {
  const { projectId, slow, store, gate, decisions } = await newCase();
  await store(slow(1), slow());
  await sql`
    INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type, revision)
    SELECT ${newId()}, project_id, service_id, 'production', ${ago(8)}, 'manual', '1a2b3c4d' FROM services
    WHERE project_id = ${projectId} AND service_name = 'shop'`.execute(test_.database.db);
  expect(await gate()).toMatchObject({ approved: 1 });
  expect(await decisions()).toMatchObject([{ decision: "approved", rule: "change_nearby", slow: 2 }]);
});

test("an exception that explains the slow request is a failure of its own right: the gate is woken and approves", async () => {
  const { projectId, slow, store, gate, decisions } = await newCase();
  const one = traceId();
  await store(slow(0, one));
  await gate();
  expect((await store(plainSignal({ door: "otlp", traceId: one }))).projectsToGate).toEqual([projectId]);
  expect(await gate()).toMatchObject({ approved: 1 });
  expect((await decisions()).at(-1)).toMatchObject({ decision: "approved", rule: "new_failure", slow: null });
});

test("what is over the budget has its turn", async () => {
  const { slow, store, gate } = await newCase();
  await store(slow());
  await gate();
  await store(slow(), slow());
  expect(await gate(0)).toMatchObject({ approved: 0, isOverBudget: true });
  expect(await gate()).toMatchObject({ approved: 1, isOverBudget: false });
});

test("what a person suppressed stays so, however many are slow", async () => {
  const { slow, store, gate, decisions } = await newCase();
  const { stored } = await store(slow());
  await moveIncident(test_.database.db, {
    incidentId: stored[0]?.incidentId ?? "",
    ...{ to: "suppressed", reason: "it is a report", actor: { type: "user", id: "u" } },
  });
  await store(slow(), slow(), slow());
  expect(await gate()).toMatchObject({ approved: 0 });
  expect((await decisions()).map(({ decision }) => decision)).toEqual(["suppressed"]);
});

test("on history a policy is tried with the number that they came to, and the one that acted differs in nothing", async () => {
  const { slow, store, gate, tryPolicy } = await newCase();
  await store(slow(2));
  await gate();
  await store(slow(1), slow());
  await gate();
  expect(await tryPolicy()).toMatchObject({ approved: 1, suppressed: 0, differences_count: 0 });
  expect(await tryPolicy({ latency: { requests_min: 4 } })).toMatchObject({
    ...{ approved: 0, suppressed: 1, by_rule: { latency: 1 } },
    differences: [{ actual: "approved", decision: "suppressed", rule: "latency" }],
  });
});
