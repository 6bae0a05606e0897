import { readFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { hasDebianPostgres, startDebianPostgres } from "../../../../../test/database/start-debian-postgres.ts";
import { silentLog } from "../database-log.ts";
import { migrateUp } from "../migrations/migrate-up.ts";
import { openDatabase } from "../open-database.ts";
import { dumpSchema } from "./dump-schema.ts";
import { generatedTables } from "./generated-tables.ts";

const remedy = "run `node server/src/platform/db/generate-tables.ts` and commit what it writes";
const committedSchema = () => readFile(new URL("../../../../schema.sql", import.meta.url), "utf8");

const migrated = await createTestDatabase();
afterAll(() => migrated.drop());

test("the committed schema dump is what the migrations make on the embedded PostgreSQL 18", async () => {
  expect(await dumpSchema(migrated.database.pool), remedy).toBe(await committedSchema());
});

test("the committed table types are those of the migrated database", async () => {
  const committed = await readFile(new URL("../tables.generated.ts", import.meta.url), "utf8");
  expect(await generatedTables(migrated.url), remedy).toBe(committed);
});

test.skipIf(!hasDebianPostgres)("Debian's PostgreSQL 15 gets the same schema from the migrations", async () => {
  const server = await startDebianPostgres();
  const database = await openDatabase({ kind: "url", url: server.url, allowInsecure: false }, { log: silentLog });
  try {
    await migrateUp({ pool: database.pool, log: silentLog });
    expect(await dumpSchema(database.pool)).toBe(await committedSchema());
  } finally {
    await database.close();
    await server.stop();
  }
});

test("the dump tells of policies, views, grants, types, partitions and comments, and is the same each time", async () => {
  const own = await createTestDatabase({ isEmpty: true });
  const { pool } = own.database;
  try {
    await pool.query(`
      create type mood as enum ('calm', 'worried');
      create table things (id bigint generated always as identity primary key, mood mood not null, twice int generated always as (2 * 3) stored);
      alter table things enable row level security;
      create policy own_things on things for select using (id > 0);
      create view calm_things with (security_invoker = true) as select things.id from things where things.mood = 'calm';
      grant select on things to public;
      comment on table things is 'What''s there.';
      comment on column calm_things.id is 'Which.';
      create table parts (at timestamptz not null) partition by range (at);
      create table parts_20260101 partition of parts for values from ('2026-01-01') to ('2026-01-02');`);
    const dump = await dumpSchema(pool);
    for (const expected of [
      "CREATE TYPE mood AS ENUM ('calm', 'worried');",
      "twice integer GENERATED ALWAYS AS ((2 * 3)) STORED",
      "ALTER TABLE things ENABLE ROW LEVEL SECURITY;",
      "CREATE POLICY own_things ON things AS PERMISSIVE FOR SELECT TO PUBLIC USING ((id > 0));",
      "CREATE VIEW calm_things WITH (security_invoker=true) AS\n SELECT id\n   FROM things\n  WHERE mood = 'calm'::mood;",
      "GRANT SELECT ON things TO PUBLIC;",
      ") PARTITION BY RANGE (at);",
      "COMMENT ON COLUMN calm_things.id IS 'Which.';\nCOMMENT ON TABLE things IS 'What''s there.';",
    ]) {
      expect(dump).toContain(expected);
    }
    expect(dump).not.toContain("parts_20260101");
    expect(await dumpSchema(pool)).toBe(dump);
  } finally {
    await own.drop();
  }
});
