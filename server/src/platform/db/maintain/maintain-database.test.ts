import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../../test/database/fill-incidents.ts";
import { silentLog } from "../database-log.ts";
import { partitionedTables } from "../ensure-partitions.ts";
import { openDatabase } from "../open-database.ts";
import { AGED_TABLES } from "../retention/retention-policy.ts";
import { maintainDatabase } from "./maintain-database.ts";
import { withMaintenanceLock } from "./maintenance-lock.ts";

let testDatabase: TestDatabase;
let folder: string;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "culprit-maintain-"));
});
afterEach(async () => {
  await testDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

const policy = {
  incidentDays: 90,
  executionLogDays: 30,
  telemetryDays: 14,
  rollup5mDays: 60,
  rollup1hDays: 400,
  eventIdDays: 7,
};
const maintain = () => maintainDatabase(testDatabase.database, policy, { folder, progress: () => undefined });
const countOf = async (from: string) =>
  (await testDatabase.database.pool.query(`select count(*)::int as n from ${from}`)).rows[0].n;

/** A partition of `table` that holds one day, `ageDays` ago. */
async function addPartition(table: string, ageDays: number): Promise<string> {
  const name = `${table}_old_${ageDays}`;
  const day = (shift: number) => new Date(Date.now() - (ageDays - shift) * 86_400_000).toISOString().slice(0, 10);
  await testDatabase.database.pool.query(
    `create table ${name} partition of ${table} for values from ('${day(0)} 00:00:00+00') to ('${day(1)} 00:00:00+00')`,
  );
  return name;
}

test("partitions are made ahead, what is old goes, views are refreshed, and a second run finds nothing to do", async () => {
  const { pool } = testDatabase.database;
  await fillIncidents(pool, { count: 2, ageDays: 100 });
  await fillIncidents(pool, { count: 1, ageDays: 1 });
  await pool.query(
    "insert into event_ids (project_id, event_id, incident_id, received_at) select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() - make_interval(days => d) from unnest(array[1, 6, 8, 9]) d, generate_series(1, 4000)",
  );
  await pool.query("create materialized view fast as select 1 as one; create unique index on fast (one)");
  await pool.query("create materialized view slow as select 1 as one");
  const done = await maintain();
  expect(done?.madePartitions.length).toBeGreaterThan(0);
  expect(done?.incidents).toMatchObject({ archived: 2, deleted: 2, left: 0 });
  expect(done?.removed).toContainEqual({ table: "event_ids", rows: 8000, partitions: [] });
  expect(done?.refreshed).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ view: "public.fast", wasConcurrent: true }),
      expect.objectContaining({ view: "public.slow", wasConcurrent: false }),
    ]),
  );
  expect(await countOf("event_ids")).toBe(8000);
  expect(await countOf("incidents")).toBe(1);
  const again = await maintain();
  expect(again).toMatchObject({ madePartitions: [], removed: [], incidents: { archived: 0, deleted: 0 } });
});

test("old partitions are dropped whole: telemetry and logs as they are, occurrences after they are archived", async () => {
  const { pool } = testDatabase.database;
  const { incidentIds, projectId } = await fillIncidents(pool, { count: 1, ageDays: 1 });
  const old = await addPartition("incident_occurrences", 120);
  const empty = await addPartition("incident_occurrences", 119);
  const young = await addPartition("incident_occurrences", 60);
  const logs = await addPartition("execution_logs", 90);
  await pool.query(
    `insert into incident_occurrences (received_at, incident_id, event_id, project_id, occurred_at, door, reason, is_counted)
     select now() - make_interval(days => d), $1, gen_random_uuid(), $2, now(), 'ingest', 'same_fingerprint', true from unnest(array[60, 120]) d, generate_series(1, 5)`,
    [incidentIds[0], projectId],
  );
  const done = await maintain();
  expect(done?.occurrences).toMatchObject({ partitions: [`public.${old}`, `public.${empty}`], rows: 5 });
  expect(done?.removed).toContainEqual({ table: "execution_logs", rows: 0, partitions: [`public.${logs}`] });
  expect(await countOf("incidents")).toBe(1);
  expect(await countOf(young)).toBe(5);
  expect(await countOf("pg_class where relname like '%_old_1%' or relname = 'execution_logs_old_90'")).toBe(0);
  expect(await readdir(folder)).toHaveLength(2);
});

test("a partition is dropped although writers are busy, and they wait no longer than the lock is tried", async () => {
  const { pool } = testDatabase.database;
  const old = await addPartition("execution_logs", 200);
  const { projectId, incidentIds } = await fillIncidents(pool, { count: 1, ageDays: 1 });
  const writer = await pool.connect();
  await writer.query("begin");
  await writer.query(
    "insert into execution_logs (id, project_id, execution_id, level, message) select gen_random_uuid(), $1, id, 'INFO', 'x' from workflow_executions where incident_id = $2",
    [projectId, incidentIds[0]],
  );
  const maintained = maintain();
  // The writer lets go once a drop is seen waiting for it.
  for (let waiting = 0; waiting === 0; )
    waiting = await countOf("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");
  await writer.query("commit");
  writer.release();
  expect((await maintained)?.removed).toContainEqual({
    table: "execution_logs",
    rows: 0,
    partitions: [`public.${old}`],
  });
  expect(await countOf("execution_logs")).toBe(3);
});

test("a partition that a long reader holds stays for another day, and the rest is done", async () => {
  const { pool } = testDatabase.database;
  const old = await addPartition("execution_logs", 200);
  await pool.query(
    "insert into event_ids (project_id, event_id, incident_id, received_at) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() - interval '9 days')",
  );
  const reader = await pool.connect();
  await reader.query("begin");
  await reader.query("select count(*) from execution_logs");
  expect((await maintain())?.removed).toEqual([{ table: "event_ids", rows: 1, partitions: [] }]);
  await reader.query("commit");
  reader.release();
  expect((await maintain())?.removed).toEqual([{ table: "execution_logs", rows: 0, partitions: [`public.${old}`] }]);
});

test("of several at once one works and the others say so at once; nothing is archived twice", async () => {
  const { pool } = testDatabase.database;
  await fillIncidents(pool, { count: 20, ageDays: 100 });
  const results = await Promise.all([maintain(), maintain(), maintain()]);
  expect(results.filter((one) => one !== null)).toHaveLength(1);
  expect((await readdir(folder)).filter((name) => name.endsWith(".gz"))).toHaveLength(1);
  expect(await countOf("incidents")).toBe(0);
  expect(await withMaintenanceLock(pool, async () => maintain())).toBeNull();
});

test("every partitioned table has an end: nothing in partitions is kept for ever", () => {
  const ending = [...AGED_TABLES.map(({ table }) => table), "incident_occurrences"];
  expect(Object.keys(partitionedTables).filter((table) => !ending.includes(table))).toEqual([]);
});

test("zero days keep everything", async () => {
  await fillIncidents(testDatabase.database.pool, { count: 1, ageDays: 3000 });
  const forEver = {
    incidentDays: 0,
    executionLogDays: 0,
    telemetryDays: 0,
    rollup5mDays: 0,
    rollup1hDays: 0,
    eventIdDays: 0,
  };
  const done = await maintainDatabase(testDatabase.database, forEver, { folder, progress: () => undefined });
  expect(done).toMatchObject({ incidents: null, occurrences: null, removed: [] });
  expect(await countOf("incidents")).toBe(1);
});

test("the lock of maintenance outlasts the time that the server grants an idle transaction", async () => {
  const { pool } = testDatabase.database;
  await pool.query(
    "do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = 100', current_database()); end $$",
  );
  // A setting of a database holds for connections that are made from now on.
  const later = await openDatabase({ kind: "url", url: testDatabase.url, allowInsecure: false }, { log: silentLog });
  try {
    const done = withMaintenanceLock(later.pool, async () => {
      await later.pool.query("select pg_sleep(0.5)");
      return withMaintenanceLock(pool, async () => "a second one");
    });
    expect(await done).toBeNull();
  } finally {
    await later.close();
  }
});
