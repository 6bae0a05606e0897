import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { storeWorkflow } from "../../../../../test/workflow/store-workflow.ts";
import { deleteAgedRows } from "../../../platform/db/retention/delete-aged-rows.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createProject } from "../../access/index.ts";
import { countUnconcerned, writeLedger } from "../triggers/write-ledger.ts";
import { emitEvents } from "./emit-event.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const policy = {
  incidentDays: 90,
  executionLogDays: 30,
  telemetryDays: 14,
  rollup5mDays: 60,
  rollup1hDays: 400,
  eventIdDays: 7,
};

test("events end after 14 days, the ledger after 30, counts after 90; an event that waits never does", async () => {
  const { db, pool } = test_.database;
  const projectId = (await createProject(db, { name: `p ${newId()}` })).id;
  const { workflowId } = await storeWorkflow(test_, projectId, { name: "a" });
  const age = async (table: string, column: string, days: number) =>
    pool.query(`UPDATE ${table} SET ${column} = ${column} - interval '${days} days' WHERE project_id = $1`, [
      projectId,
    ]);
  const ageAll = async (days: number) => {
    await age("workflow_events", "created_at", days);
    await age("trigger_ledger", "created_at", days);
    await age("trigger_counts", "hour", days);
  };
  const left = async () => {
    const { rows } = await sql<{ events: number; ledger: number; counts: number }>`
      SELECT (SELECT count(*)::int FROM workflow_events WHERE project_id = ${projectId}) AS events,
        (SELECT count(*)::int FROM trigger_ledger WHERE project_id = ${projectId}) AS ledger,
        (SELECT count(*)::int FROM trigger_counts WHERE project_id = ${projectId}) AS counts`.execute(db);
    return rows[0];
  };
  await test_.database.transaction(async (tx) => {
    const event = { projectId, type: "push", subject: null, payload: {} };
    const [eventId = null] = await emitEvents(tx, [{ ...event, isMatched: true }, event]);
    const base = { projectId, workflowId, triggerId: null, eventId, executionId: null, details: {} };
    await writeLedger(tx, [{ ...base, outcome: "did_not_run", reason: "no" }]);
    await countUnconcerned(tx, [{ projectId, workflowId, eventType: "push", at: new Date() }]);
  });
  const tables = ["workflow_events", "trigger_ledger", "trigger_counts"];
  await ageAll(13);
  await deleteAgedRows(pool, policy, tables);
  expect(await left()).toEqual({ events: 2, ledger: 1, counts: 1 });
  await ageAll(2);
  await deleteAgedRows(pool, policy, tables);
  expect(await left()).toEqual({ events: 1, ledger: 1, counts: 1 });
  await ageAll(16);
  await deleteAgedRows(pool, policy, tables);
  expect(await left()).toEqual({ events: 1, ledger: 0, counts: 1 });
  await ageAll(60);
  await deleteAgedRows(pool, policy, tables);
  expect(await left()).toEqual({ events: 1, ledger: 0, counts: 0 });
});
