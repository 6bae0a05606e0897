import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { silentLog } from "../database-log.ts";
import { type Database, openDatabase } from "../open-database.ts";
import { migrateDown } from "./migrate-down.ts";
import { migrateUp } from "./migrate-up.ts";
import { migrationStatus } from "./migration-status.ts";

let testDatabase: TestDatabase;
let folder: string;

beforeEach(async () => {
  testDatabase = await createTestDatabase({ isEmpty: true });
  folder = await mkdtemp(join(tmpdir(), "culprit-migrations-"));
});

afterEach(async () => {
  await testDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

async function writeMigration(id: string, up: string, down = ""): Promise<void> {
  await writeFile(join(folder, `${id}.up.sql`), up);
  await writeFile(join(folder, `${id}.down.sql`), down);
}

const context = (database: Database = testDatabase.database) => ({ pool: database.pool, log: silentLog, folder });

test("twenty concurrent starters apply each migration exactly once", async () => {
  await writeMigration("20260101000000_one", "create table one (id int); insert into one values (1);");
  await writeMigration("20260101000001_two", "create table two (id int); insert into one values (2);");
  await writeMigration("20260101000002_three", "create index one_id on one (id);");
  const starters = await Promise.all(
    Array.from({ length: 20 }, () =>
      openDatabase(
        { kind: "url", url: testDatabase.url, allowInsecure: false, pool: { size: 1, overflow: 0 } },
        { log: silentLog },
      ),
    ),
  );
  const applied = await Promise.all(starters.map((starter) => migrateUp(context(starter))));
  await Promise.all(starters.map((starter) => starter.close()));
  expect(applied.flat().sort()).toEqual(["20260101000000_one", "20260101000001_two", "20260101000002_three"]);
  const { rows } = await testDatabase.database.pool.query("select id from one order by id");
  expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
});

test("a failing migration leaves nothing of itself, names its file and line, and keeps the earlier ones", async () => {
  await writeMigration("20260101000000_good", "create table good (id int);");
  await writeMigration(
    "20260101000001_bad",
    "create table half (id int);\ncreate table good (id int);\nselect nonsense;",
  );
  await expect(migrateUp(context())).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringContaining("20260101000001_bad.up.sql"),
  });
  const { rows } = await testDatabase.database.pool.query(
    "select to_regclass('good') as good, to_regclass('half') as half",
  );
  expect(rows).toEqual([{ good: "good", half: null }]);
  const status = await migrationStatus(context());
  expect(status.map(({ state }) => state)).toEqual(["applied", "pending"]);
});

test("older code refuses a newer breaking schema and tolerates a newer one that is not breaking", async () => {
  await writeMigration("20260101000000_base", "create table base (id int);");
  await writeMigration("20260101000001_addition", "alter table base add extra int;", "alter table base drop extra;");
  await migrateUp(context());
  await rm(join(folder, "20260101000001_addition.up.sql"));
  expect(await migrateUp(context())).toEqual([]);

  await writeMigration("20260101000002_rename", "-- breaking\nalter table base rename to basis;");
  await migrateUp(context());
  await rm(join(folder, "20260101000002_rename.up.sql"));
  await expect(migrateUp(context())).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW" });
  expect((await migrationStatus(context())).at(-1)).toMatchObject({ id: "20260101000002_rename", state: "unknown" });
});

test("migrating down undoes the newest first, as many steps as asked, and up again restores them", async () => {
  await writeMigration("20260101000000_base", "create table base (id int);", "drop table base;");
  await writeMigration("20260101000001_child", "create table child (id int);", "drop table child;");
  await writeMigration("20260101000002_view", "create view both_ids as select id from child;", "drop view both_ids;");
  await migrateUp(context());
  expect(await migrateDown(context(), { steps: 1 })).toEqual(["20260101000002_view"]);
  expect(await migrateDown(context(), { all: true })).toEqual(["20260101000001_child", "20260101000000_base"]);
  expect(await migrateUp(context())).toHaveLength(3);
});

test("an edited migration that was applied before shows as changed", async () => {
  await writeMigration("20260101000000_base", "create table base (id int);");
  await migrateUp(context());
  await writeMigration("20260101000000_base", "create table base (id bigint);");
  expect(await migrationStatus(context())).toMatchObject([{ id: "20260101000000_base", state: "changed" }]);
});

test("Culprit's own migrations go up, down to nothing, and up again", async () => {
  const own = { pool: testDatabase.database.pool, log: silentLog };
  const up = await migrateUp(own);
  expect(up.length).toBeGreaterThan(0);
  expect(await migrateDown(own, { all: true })).toEqual(up.toReversed());
  const { rows } = await own.pool.query(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and relname <> 'schema_migrations'",
  );
  expect(rows).toEqual([]);
  expect(await migrateUp(own)).toEqual(up);
});
