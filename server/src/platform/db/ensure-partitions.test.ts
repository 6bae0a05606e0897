import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { ensurePartitions } from "./ensure-partitions.ts";

const { database, drop } = await createTestDatabase();
afterAll(drop);

test("eight concurrent callers make each missing day once, and a later call makes none", async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => ensurePartitions(database.owner, { daysAhead: 5 })));
  const names = made.flat();
  // The template of the tests has yesterday, today and tomorrow.
  expect(names.filter((name) => /^incident_occurrences_\d{8}$/.test(name))).toHaveLength(4);
  expect(new Set(names).size).toBe(names.length);
  expect(await ensurePartitions(database.owner, { daysAhead: 5 })).toEqual([]);
});

test("every instant from yesterday to the last day has exactly one partition, and each has the parent's indexes", async () => {
  await ensurePartitions(database.owner, { daysAhead: 2 });
  const { rows } = await sql<{ bounds: string; indexes: number }>`
    select pg_get_expr(relpartbound, c.oid) as bounds, (select count(*) from pg_index where indrelid = c.oid) as indexes
    from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent = 'incident_occurrences'::regclass order by relname`.execute(database.owner);
  const days = rows.map(({ bounds }) => /FROM \('(.*)'\) TO \('(.*)'\)/.exec(bounds));
  for (const [index, day] of days.entries()) {
    if (index > 0) expect(day?.[1]).toBe(days[index - 1]?.[2]);
    expect(Date.parse(day?.[2] ?? "") - Date.parse(day?.[1] ?? "")).toBe(86_400_000);
  }
  const parent = await sql<{ indexes: number }>`
    select count(*) as indexes from pg_index where indrelid = 'incident_occurrences'::regclass`.execute(database.owner);
  expect(rows.every(({ indexes }) => indexes === parent.rows[0]?.indexes)).toBe(true);
});

test("logs lie in months: the one that ends and the one that begins both exist in time", async () => {
  await ensurePartitions(database.owner, { daysAhead: 40 });
  const { rows } = await sql<{ name: string; bounds: string }>`
    select relname as name, pg_get_expr(relpartbound, c.oid) as bounds from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent = 'execution_logs'::regclass order by relname`.execute(database.owner);
  expect(rows.length).toBeGreaterThanOrEqual(2);
  for (const { name, bounds } of rows) {
    const [, from = "", to = ""] = /FROM \('(.*)'\) TO \('(.*)'\)/.exec(bounds) ?? [];
    expect(name).toBe(`execution_logs_${from.slice(0, 7).replace("-", "")}`);
    expect(from).toMatch(/-01 00:00:00\+00$/);
    expect(to).toMatch(/-01 00:00:00\+00$/);
  }
});

test("it waits out a transaction that holds a lock on the parent's referenced table", async () => {
  const client = await database.pool.connect();
  await client.query("begin");
  await client.query("lock table incidents in share row exclusive mode");
  const waiting = ensurePartitions(database.owner, { daysAhead: 60 });
  await client.query("select pg_sleep(1.2)");
  await client.query("commit");
  client.release();
  expect((await waiting).length).toBeGreaterThan(0);
});
