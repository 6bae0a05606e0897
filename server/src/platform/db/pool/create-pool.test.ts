import { sql } from "kysely";
import { afterAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { silentLog } from "../database-log.ts";
import { type Database, openDatabase } from "../open-database.ts";
import { defaultPoolSettings, type PoolSettings } from "./create-pool.ts";

const { database: shared, url, drop } = await createTestDatabase();
const opened: Database[] = [];
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await drop();
});

async function open(pool: Partial<PoolSettings>): Promise<Database> {
  const database = await openDatabase({ kind: "url", url, allowInsecure: false, pool }, { log: silentLog });
  opened.push(database);
  return database;
}

test("the defaults are 20 kept, 40 above, 30 s to wait and 3600 s of life", async () => {
  expect(defaultPoolSettings).toEqual({ size: 20, overflow: 40, timeoutS: 30, recycleS: 3600 });
  const { pool } = await open({});
  expect(pool.options).toMatchObject({ min: 20, max: 60, connectionTimeoutMillis: 30_000, maxLifetimeSeconds: 3600 });
});

test("a full pool answers OVERLOADED with the seconds to wait, for a query, a transaction and a connection alike", async () => {
  const { db, pool, transaction } = await open({ size: 1, overflow: 1, timeoutS: 0.5 });
  const held = [await pool.connect(), await pool.connect()];
  const overloaded = { code: "OVERLOADED", details: { retryAfterS: 1 } };
  await expect(pool.query("select 1")).rejects.toMatchObject(overloaded);
  await expect(pool.connect()).rejects.toMatchObject(overloaded);
  await expect(sql`select 1`.execute(db)).rejects.toMatchObject(overloaded);
  await expect(transaction((tx) => sql`select 1`.execute(tx))).rejects.toMatchObject(overloaded);
  for (const client of held) client.release();
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a connection that the server ends under a transaction gives DATABASE_UNAVAILABLE, and the pool serves the next caller", async () => {
  const { pool, transaction, db } = await open({ size: 1, overflow: 0 });
  const broken = transaction(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await shared.pool.query("select pg_terminate_backend($1, 5000)", [rows[0]?.pid]);
    await sql`select 1`.execute(tx);
  });
  await expect(broken).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  await expect(sql<{ one: number }>`select 1 as one`.execute(db)).resolves.toMatchObject({ rows: [{ one: 1 }] });
  expect(pool.totalCount).toBe(1);
});

test("an idle connection that the server ends is replaced without a caller noticing", async () => {
  const { pool } = await open({ size: 1, overflow: 0 });
  const { rows } = await pool.query<{ pid: number }>("select pg_backend_pid() as pid");
  await shared.pool.query("select pg_terminate_backend($1, 5000)", [rows[0]?.pid]);
  await vi.waitFor(() => expect(pool.totalCount).toBe(0));
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("errors of the statement itself keep their SQLSTATE", async () => {
  await expect(sql`select nonsense`.execute(shared.db)).rejects.toMatchObject({ code: "42703" });
});

test("nothing of a transaction's settings and no prepared statement is left on its connection", async () => {
  const { pool, transaction } = await open({ size: 1, overflow: 0 });
  const before = await pool.query("select name, setting from pg_settings where source = 'session'");
  await transaction((tx) => sql`set local statement_timeout = 1234`.execute(tx));
  await pool.query("select $1::int", [1]);
  const after = await pool.query("select name, setting from pg_settings where source = 'session'");
  expect(after.rows).toEqual(before.rows);
  expect((await pool.query("select name from pg_prepared_statements")).rows).toEqual([]);
});

test("bigint and numeric are numbers, dates stay text, and a bigint that is no exact number throws", async () => {
  const { rows } = await shared.pool.query(
    "select 9007199254740991::bigint as big, 0.85::numeric(3,2) as share, date '2026-02-03' as day, timestamptz '2026-02-03 04:05:06+00' as at",
  );
  expect(rows).toEqual([
    { big: Number.MAX_SAFE_INTEGER, share: 0.85, day: "2026-02-03", at: new Date("2026-02-03T04:05:06Z") },
  ]);
  await expect(shared.pool.query("select 9007199254740993::bigint")).rejects.toThrow(/9007199254740993/);
});

test("the health names the reason when the database is gone, and never throws", async () => {
  const own = await createTestDatabase();
  expect(await own.database.health()).toMatchObject({ isHealthy: true, reason: null, embeddedPid: null });
  const name = own.database.pool.options.database;
  await shared.pool.query(`drop database ${name} with (force)`);
  expect(await own.database.health()).toMatchObject({
    isHealthy: false,
    reason: expect.stringContaining("not available"),
  });
  await own.drop();
});

test("a health that waits for a full pool says so within two seconds", async () => {
  const { pool, health } = await open({ size: 1, overflow: 0 });
  const client = await pool.connect();
  expect(await health()).toMatchObject({ isHealthy: false, connections: { total: 1, idle: 0, waiting: 1 } });
  client.release();
});
