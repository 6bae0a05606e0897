import { chmod, mkdtemp, rm } from "node:fs/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { ensurePartitions } from "../../server/src/platform/db/ensure-partitions.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { type Database, openDatabase } from "../../server/src/platform/db/open-database.ts";
import { databaseUrl } from "../../server/src/platform/db/open-temporary-database.ts";
import { countRows, ownTables } from "./count-rows.ts";
import { fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { printed, statementsOf } from "./printed-statements.ts";

/** What names a database, a role or a setting of the whole server: on a server of its own, with pg_stat_statements loaded. */
let dataDir: string;
let server: Database;
let host: string;
beforeAll(async () => {
  dataDir = await mkdtemp("/tmp/culprit-schema-");
  await chmod(dataDir, 0o711);
  const options = { kind: "embedded", dataDir, durability: "none" } as const;
  const first = await openDatabase(options, { log: silentLog });
  await first.pool.query("alter system set shared_preload_libraries = 'pg_stat_statements'");
  await first.close();
  server = await openDatabase(options, { log: silentLog });
  host = server.pool.options.host ?? "";
  await server.pool.query("create database aia_db");
  const made = await openAs("aia_db");
  await migrateUp({ pool: made.pool, log: silentLog });
  await ensurePartitions(made.owner, { daysAhead: 1 });
  await makeOldLogPartitions(made.pool);
  await fillProject(made.pool, "alpha");
  await fillProject(made.pool, "beta");
  await made.close();
  await server.pool.query("create database autopr template aia_db");
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

function openAs(databaseName: string): Promise<Database> {
  return openDatabase({ kind: "url", url: databaseUrl(host, databaseName), allowInsecure: false }, { log: silentLog });
}

test("the user of document 1's grant reads incidents, no secret, and writes nothing", async () => {
  const owner = await openAs("aia_db");
  const statements = statementsOf(printed("1-autopsy", "Grant read-only access"));
  expect(statements).toHaveLength(3);
  for (const statement of statements) await owner.pool.query(statement);
  const tables = await ownTables(owner.pool);
  const held = await countRows(owner.pool, tables);
  await owner.close();

  const reader = new pg.Client({ host, user: "aia_readonly", password: "secure_password", database: "aia_db" });
  await reader.connect();
  try {
    const seen = await countRows(reader, tables);
    const secrets = [
      ...["api_keys", "github_apps", "integrations", "login_links", "sessions", "user_identities"],
      "workflow_secrets",
    ];
    for (const [table, count] of held)
      expect(`${table}: ${seen.get(table)}`).toBe(`${table}: ${secrets.includes(table) ? 0 : count}`);
    const { rows } = await reader.query("SELECT count(*)::int AS n FROM incidents WHERE status = 'resolved'");
    expect(rows).toEqual([{ n: 4 }]);
    for (const table of tables) {
      await expect(reader.query(`delete from ${table}`), table).rejects.toMatchObject({ code: "42501" });
      await expect(reader.query(`insert into ${table} default values`), table).rejects.toMatchObject({ code: "42501" });
      await expect(reader.query(`truncate ${table}`), table).rejects.toMatchObject({ code: "42501" });
    }
    await expect(reader.query("update incidents set title = ''")).rejects.toMatchObject({ code: "42501" });
    await expect(reader.query("create table mine ()")).rejects.toMatchObject({ code: "42501" });
    await expect(reader.query("set role culprit_engine")).rejects.toMatchObject({ code: "42501" });
  } finally {
    await reader.end();
  }
});

test("the size of the database autopr is told; of execution_logs it is that of the empty parent, because the rows lie in partitions", async () => {
  const autopr = await openAs("autopr");
  try {
    const { rows } = await autopr.pool.query(printed("3-workflow-engine", "Database Size"));
    const { rows: sizes } = await autopr.pool.query(
      `select pg_size_pretty(pg_database_size(current_database())) as database_size,
         pg_size_pretty(pg_total_relation_size('workflow_executions')) as executions_size, '0 bytes' as logs_size`,
    );
    expect(rows).toEqual(sizes);
    const { rows: logs } = await autopr.pool.query(
      "select sum(pg_total_relation_size(relid)) > 0 as some from pg_partition_tree('execution_logs')",
    );
    expect(logs).toEqual([{ some: true }]);
  } finally {
    await autopr.close();
  }
});

test("slow queries are listed with the real column names total_exec_time, mean_exec_time and max_exec_time; with the printed ones PostgreSQL refuses it", async () => {
  const database = await openAs("aia_db");
  try {
    await database.pool.query("create extension pg_stat_statements");
    await database.pool.query("select pg_sleep(0.05)");
    const statement = printed("1-autopsy", "Slow Queries");
    await expect(database.pool.query(statement)).rejects.toMatchObject({ code: "42703" });
    const { rows } = await database.pool.query(statement.replaceAll(/\b(total|mean|max)_time/g, "$1_exec_time"));
    expect(rows).toHaveLength(10);
    const slept = rows.find(({ query }) => query.startsWith("select pg_sleep"));
    expect(slept).toMatchObject({ calls: 1 });
    expect(slept.mean_exec_time).toBeGreaterThanOrEqual(50);
    const means = rows.map(({ mean_exec_time }) => mean_exec_time);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
  } finally {
    await database.close();
  }
});
