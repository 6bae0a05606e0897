import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../../../test/culprit/start-culprit.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../../test/database/fill-incidents.ts";
import { hasDebianPostgres, startDebianPostgres } from "../../../../../test/database/start-debian-postgres.ts";
import { silentLog } from "../database-log.ts";
import { openDatabase } from "../open-database.ts";
import { documentedQueries } from "./documented-queries.ts";
import { boundsOf, readStats } from "./read-stats.ts";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await fillIncidents(testDatabase.database.pool, { count: 40, ageDays: 1 });
});
afterAll(() => testDatabase.drop());

test("sizes, rows, dead rows, indexes, connections and partitions are those of the database", async () => {
  const { pool } = testDatabase.database;
  await pool.query("delete from autopsy_results where id in (select id from autopsy_results limit 10)");
  await pool.query("select pg_stat_force_next_flush()");
  const stats = await readStats(pool);
  const of = (name: string) => stats.tables.find(({ table }) => table === name);
  expect(of("autopsy_results")).toMatchObject({ rows: 30, deadRows: 10, deadPercent: 33.33 });
  // Counted over its partitions.
  expect(of("incident_occurrences")).toMatchObject({ rows: 120, partitions: 3 });
  const { rows } = await pool.query(
    "select pg_total_relation_size('incidents')::int as total, pg_indexes_size('incidents')::int as indexes, pg_database_size(current_database())::int as database",
  );
  expect(of("incidents")).toMatchObject({ totalBytes: rows[0].total, indexBytes: rows[0].indexes });
  expect(stats.databaseBytes).toBe(rows[0].database);
  expect(stats.connections).toBeGreaterThan(0);
  expect(stats.connectionLimit).toBe(300);
  expect(stats.logArchive).toEqual({ isOn: false, isFailing: false, lastArchivedAt: null, lastFailedAt: null });
  const partitioned = stats.partitions.find(({ table }) => table === "incident_occurrences");
  expect(partitioned?.until?.getTime()).toBeGreaterThan(Date.now());
  expect(partitioned?.from?.toISOString()).toMatch(/T00:00:00.000Z$/);
});

test("an index that nothing read is named, one that guards a key or was read is not", async () => {
  const { pool } = testDatabase.database;
  await pool.query("create index idx_never_read on users (github_email)");
  await pool.query("create index idx_read on users (avatar_url)");
  const client = await pool.connect();
  await client.query("begin; set local enable_seqscan = off; select * from users where avatar_url = 'x'; commit");
  await client.query("select pg_stat_force_next_flush()");
  client.release();
  const { unusedIndexes, indexes } = await readStats(pool);
  const unused = unusedIndexes.map(({ index }) => index);
  expect(unused).toContain("idx_never_read");
  expect(unused).not.toContain("idx_read");
  expect(unused).not.toContain("users_pkey");
  expect(indexes.find(({ index }) => index === "idx_read")?.scans).toBeGreaterThan(0);
});

test("the oldest transaction is shown with its process", async () => {
  const client = await testDatabase.database.pool.connect();
  await client.query("begin");
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const { oldestTransaction } = await readStats(testDatabase.database.pool);
  await client.query("rollback");
  client.release();
  expect(oldestTransaction).toMatchObject({ pid: rows[0].pid, state: "idle in transaction" });
});

test("where slow queries are not counted, it says how to have them counted", async () => {
  const { slowQueries, slowQueriesHint } = await readStats(testDatabase.database.pool);
  expect(slowQueries).toBeNull();
  expect(slowQueriesHint).toMatch(/pg_stat_statements/);
});

test.each(Object.entries(documentedQueries).filter(([name]) => name !== "slowQueries"))(
  "the documented query %s runs with the column names of PostgreSQL 15 and later",
  async (_name, query) => {
    const { rows } = await testDatabase.database.pool.query(query);
    expect(rows.length).toBeGreaterThan(0);
  },
);

test.skipIf(!hasDebianPostgres)(
  "the slowest queries are shown where the server counts them, and a log archive that fails",
  async () => {
    const settings = { shared_preload_libraries: "pg_stat_statements", archive_mode: "on", archive_command: "false" };
    const debian = await startDebianPostgres(settings);
    const config = { kind: "url", url: debian.url, allowInsecure: false, pool: { size: 1, overflow: 0 } } as const;
    const { pool: client, close } = await openDatabase(config, { log: silentLog });
    try {
      expect((await readStats(client)).slowQueriesHint).toBe(
        "Slow queries are not counted yet: run CREATE EXTENSION pg_stat_statements;",
      );
      await client.query("create extension pg_stat_statements");
      await client.query("select pg_sleep(0.2)");
      const { slowQueries, slowQueriesHint } = await readStats(client);
      expect(slowQueriesHint).toBeNull();
      expect(slowQueries?.[0]).toMatchObject({ query: "select pg_sleep($1)", calls: 1 });
      expect(slowQueries?.[0]?.meanMs).toBeGreaterThan(190);
      await client.query("select pg_switch_wal()");
      const failing = async () => (await readStats(client)).logArchive.isFailing;
      expect(await eventually(failing, (isFailing) => isFailing)).toBe(true);
      expect((await client.query(documentedQueries.slowQueries)).rows[0]).toMatchObject({ calls: 1 });
    } finally {
      await close();
      await debian.stop();
    }
  },
);

test("a bound is an instant whatever the time zone of the session", () => {
  expect(boundsOf("FOR VALUES FROM ('2026-11-20 02:00:00+02') TO ('2026-11-21 05:30:00+05:30')")).toEqual({
    from: new Date("2026-11-20T00:00:00Z"),
    until: new Date("2026-11-21T00:00:00Z"),
  });
  expect(boundsOf("DEFAULT")).toEqual({ from: null, until: null });
});
