import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../../test/database/fill-incidents.ts";
import { grantReadonly, regrantReaders } from "./grant-readonly.ts";
import { scramVerifier } from "./scram-verifier.ts";

let testDatabase: TestDatabase;
// A role belongs to the whole server, which the tests share.
const role = `reader_${randomUUID().slice(0, 8)}`;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await fillIncidents(testDatabase.database.pool, { count: 2, ageDays: 1 });
});
afterAll(async () => {
  await testDatabase.database.pool.query(`drop owned by ${role}; drop role ${role}`);
  await testDatabase.drop();
});

async function asReader<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(testDatabase.url.replace(/user=\w+/, `user=${role}`));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test("a reader sees the rows of tables and views, none of the secrets, and writes nothing, however often it is granted", async () => {
  const { pool } = testDatabase.database;
  const first = await grantReadonly(pool, role);
  expect(first).toMatchObject({ role, isNew: true });
  expect(first.generatedPassword).toMatch(/^[\w-]{32}$/);
  const second = await grantReadonly(pool, role);
  expect(second).toMatchObject({ isNew: false, generatedPassword: null, readable: first.readable });
  expect(second.withheld).toEqual(expect.arrayContaining(["api_keys", "sessions", "login_links"]));

  await asReader(async (client) => {
    expect((await client.query("select count(*)::int as n from incidents")).rows).toEqual([{ n: 2 }]);
    expect((await client.query("select count(*)::int as n from incident_occurrences")).rows).toEqual([{ n: 6 }]);
    const views = await client.query(
      "select format('%I.%I', schemaname, viewname) as name from pg_views where schemaname in ('autopsy', 'triage', 'diagnosis', 'tracking')",
    );
    for (const { name } of views.rows) {
      const secret = second.withheld.some((one) => one === name || one.startsWith(`${name}.`));
      if (!secret) await client.query(`select * from ${name} limit 1`);
    }
    for (const table of ["api_keys", "sessions", "login_links"])
      await expect(client.query(`select * from ${table}`)).rejects.toThrow(/permission denied/);
    await expect(client.query("delete from incidents")).rejects.toThrow(/read-only transaction/);
    await client.query("set default_transaction_read_only = off");
    await expect(client.query("delete from incidents")).rejects.toThrow(/permission denied/);
  });
});

test("a column that holds a secret is withheld and the rest of its table is not, and a grant from before is taken back", async () => {
  const { pool } = testDatabase.database;
  await grantReadonly(pool, role);
  await pool.query("alter table repositories add column access_token text");
  await pool.query(`grant select on sessions to ${role}`);
  const { withheld } = await grantReadonly(pool, role);
  expect(withheld).toContain("repositories.access_token");
  await asReader(async (client) => {
    await client.query("select id, url from repositories");
    await expect(client.query("select access_token from repositories")).rejects.toThrow(/permission denied/);
    await expect(client.query("select * from sessions")).rejects.toThrow(/permission denied/);
  });
});

test("tables and columns that come later are read too, and their secrets are not, when the schema was changed", async () => {
  const { pool } = testDatabase.database;
  await grantReadonly(pool, role);
  await pool.query(
    "create table later_things (id int, name text, access_token text); insert into later_things values (1, 'a', 's')",
  );
  await asReader(async (client) => {
    await expect(client.query("select id, name from later_things")).rejects.toThrow(/permission denied/);
  });
  expect(await regrantReaders(pool)).toContain(role);
  await asReader(async (client) => {
    expect((await client.query("select id, name from later_things")).rows).toEqual([{ id: 1, name: "a" }]);
    await expect(client.query("select access_token from later_things")).rejects.toThrow(/permission denied/);
    await expect(client.query("select * from sessions")).rejects.toThrow(/permission denied/);
  });
  await pool.query("drop table later_things");
});

test("a name that will not do, a weak password or a role with more rights is refused with the reason", async () => {
  const { pool } = testDatabase.database;
  for (const name of ["Robert'); drop table users", "1st", "pg_monitor", "", "culprit_engine"])
    await expect(grantReadonly(pool, name)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await expect(grantReadonly(pool, role, { password: "short" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  const other = `owner_${randomUUID().slice(0, 8)}`;
  await pool.query(`create role ${other} createdb`);
  await expect(grantReadonly(pool, other)).rejects.toMatchObject({ code: "CONFLICT" });
  await pool.query(`drop role ${other}`);
});

test("the verifier of a password is the one that PostgreSQL itself would store", async () => {
  const { pool } = testDatabase.database;
  const other = `scram_${randomUUID().slice(0, 8)}`;
  await pool.query(`create role ${other} password 'correct horse battery'`);
  const { rows } = await pool.query("select rolpassword from pg_authid where rolname = $1", [other]);
  await pool.query(`drop role ${other}`);
  const stored: string = rows[0].rolpassword;
  const salt = Buffer.from(/:([^$]+)\$/.exec(stored)?.[1] ?? "", "base64");
  expect(scramVerifier("correct horse battery", salt)).toBe(stored);
});
