import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../../test/database/fill-incidents.ts";
import { hasDebianPostgres, startDebianPostgres } from "../../../../../test/database/start-debian-postgres.ts";
import { silentLog } from "../database-log.ts";
import { ensurePartitions } from "../ensure-partitions.ts";
import { migrateDown } from "../migrations/migrate-down.ts";
import { migrateUp } from "../migrations/migrate-up.ts";
import { type Database, openDatabase } from "../open-database.ts";
import { loadCopy } from "../restore/load-copy.ts";
import { dumpSchema } from "../schema/dump-schema.ts";
import { type LogicalManifest, readBackupManifest } from "./copy-manifest.ts";
import { writeCopy } from "./write-copy.ts";

let source: TestDatabase;
let target: TestDatabase;
let parent: string;
beforeEach(async () => {
  [source, target] = [await createTestDatabase(), await createTestDatabase({ isEmpty: true })];
  parent = await mkdtemp(join(tmpdir(), "culprit-backup-"));
});
afterEach(async () => {
  await Promise.all([source.drop(), target.drop()]);
  await rm(parent, { recursive: true, force: true });
});

const copy = (folder: string) =>
  writeCopy(source.database.pool, join(parent, folder), { culpritVersion: "0.1.0", progress: () => undefined });
const restore = async (folder: string, { pool }: Database = target.database, isReplaced = false) =>
  loadCopy(pool, join(parent, folder), (await readBackupManifest(join(parent, folder))) as LogicalManifest, {
    isReplaced,
    log: silentLog,
    progress: () => undefined,
  });

/** Every row of every table, as text. */
async function contentOf({ pool }: Database): Promise<Record<string, string>> {
  const { rows: tables } = await pool.query(
    `select c.oid::regclass::text as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
  );
  const content: Record<string, string> = {};
  for (const { name } of tables) {
    if (name === "schema_migrations") continue;
    const { rows } = await pool.query(
      `select coalesce(string_agg(t::text, E'\\n' order by t::text collate "C"), '') as text from ${name} t`,
    );
    content[name] = rows[0].text;
  }
  return content;
}

/** Texts that a careless format would spoil, a generated number, an old partition. */
async function fillSource(): Promise<void> {
  const { pool } = source.database;
  const { projectId, incidentIds } = await fillIncidents(pool, { count: 5, ageDays: 2 });
  await pool.query("update incidents set title = $1, metadata = $2 where id = $3", [
    'tab\there, back\\slash, \\N, "quotes", 🦆\nnew line',
    JSON.stringify({ deep: ["\\.", null, 1.5e300] }),
    incidentIds[0],
  ]);
  await pool.query(
    "create table incident_occurrences_20250101 partition of incident_occurrences for values from ('2025-01-01 00:00:00+00') to ('2025-01-02 00:00:00+00')",
  );
  await pool.query(
    "insert into incident_occurrences (received_at, incident_id, event_id, project_id, occurred_at, door, reason, is_counted) values ('2025-01-01 12:00Z', $1, gen_random_uuid(), $2, 'infinity', 'otlp', 'late', false)",
    [incidentIds[1], projectId],
  );
}

test("a restored database holds the same rows, partitions, keys and schema, and goes on counting where it was", async () => {
  await fillSource();
  const manifest = await copy("one");
  const done = await restore("one");
  expect(done.rows).toBe(manifest.tables.reduce((sum, { rows }) => sum + rows, 0));
  expect(await contentOf(target.database)).toEqual(await contentOf(source.database));
  expect(await dumpSchema(target.database.pool)).toBe(await dumpSchema(source.database.pool));
  const partitions = "select relid::regclass::text as name from pg_partition_tree('incident_occurrences') order by 1";
  expect((await target.database.pool.query(partitions)).rows).toEqual(
    (await source.database.pool.query(partitions)).rows,
  );
  const before = await source.database.pool.query("select max(dsn_number) as n from projects");
  await fillIncidents(target.database.pool, { count: 1, ageDays: 0 });
  const after = await target.database.pool.query("select max(dsn_number) as n from projects");
  expect(after.rows[0].n).toBe(before.rows[0].n + 1);
  await expect(
    target.database.pool.query(
      "insert into incident_counters (incident_id, project_id, first_seen_at, last_seen_at) values (gen_random_uuid(), gen_random_uuid(), now(), now())",
    ),
  ).rejects.toThrow(/foreign key/);
});

test("a copy is one moment, although writers go on: what it holds of one transaction it holds whole", async () => {
  const { pool } = source.database;
  let isDone = false;
  const writer = (async () => {
    for (; !isDone; ) {
      const client = await pool.connect();
      await client.query("begin");
      const { rows } = await client.query(
        "insert into users (id, github_login) values (gen_random_uuid(), gen_random_uuid()) returning id",
      );
      await client.query(
        "insert into projects (id, project_id, owner_id, name, ingest_api_key) select gen_random_uuid(), k, $1, k, k from gen_random_uuid() g, lateral (select g::text as k) t",
        [rows[0].id],
      );
      await client.query("commit");
      client.release();
    }
  })();
  const manifest = await copy("busy");
  isDone = true;
  await writer;
  await restore("busy");
  const rowsOf = (name: string) => manifest.tables.find((table) => table.name === `public.${name}`)?.rows;
  expect(rowsOf("projects")).toBe(rowsOf("users"));
  const orphans = await target.database.pool.query(
    "select count(*)::int as n from users u where not exists (select 1 from projects p where p.owner_id = u.id)",
  );
  expect(orphans.rows).toEqual([{ n: 0 }]);
});

test("a database that holds something is refused by name, and replaced only when that is asked for", async () => {
  await fillSource();
  await copy("one");
  await migrateUp({ pool: target.database.pool, log: silentLog });
  await ensurePartitions(target.database.owner, { daysAhead: 1 });
  await fillIncidents(target.database.pool, { count: 1, ageDays: 0 });
  const before = await contentOf(target.database);
  await expect(restore("one")).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/holds users, projects, incidents.*--replace/),
  });
  expect(await contentOf(target.database)).toEqual(before);
  await restore("one", target.database, true);
  expect(await contentOf(target.database)).toEqual(await contentOf(source.database));
});

test("tables of somebody else in the same database are neither emptied nor taken over", async () => {
  const { pool } = target.database;
  await source.database.pool.query("create table theirs (id int); insert into theirs values (1)");
  await copy("one");
  await pool.query("create table theirs (id int); insert into theirs values (2)");
  await expect(restore("one")).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/theirs.*not Culprit's/),
  });
  await migrateUp({ pool, log: silentLog });
  expect(await restore("one")).toMatchObject({ foreign: ["public.theirs"] });
  expect((await pool.query("select id from theirs")).rows).toEqual([{ id: 2 }]);
});

test("a damaged, incomplete or newer copy is refused before anything is changed", async () => {
  await fillSource();
  await copy("one");
  const untouched = () =>
    target.database.pool.query("select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace");
  const path = join(parent, "one/tables/incidents.copy.gz");
  const bytes = await readFile(path);
  await writeFile(
    path,
    Buffer.concat([bytes.subarray(0, 40), Buffer.from([bytes.readUInt8(40) ^ 1]), bytes.subarray(41)]),
  );
  await expect(restore("one")).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringMatching(/incidents.copy.gz: its SHA-256/),
  });
  await rm(path);
  await expect(restore("one")).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringMatching(/ENOENT/),
  });
  await writeFile(path, bytes);
  const manifest = (await readBackupManifest(join(parent, "one"))) as LogicalManifest;
  const newer = {
    ...manifest,
    migrations: [...manifest.migrations, { version: "29990101000000", name: "later", checksum: "" }],
  };
  await writeFile(join(parent, "one/manifest.json"), JSON.stringify(newer));
  await expect(restore("one")).rejects.toMatchObject({
    code: "SCHEMA_TOO_NEW",
    message: expect.stringContaining("29990101000000_later"),
  });
  expect((await untouched()).rows).toEqual([{ n: 0 }]);
  await expect(readBackupManifest(join(parent, "nowhere"))).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a copy of an older schema is restored and then brought up to date", async () => {
  const { pool } = target.database;
  const newest = await migrateUp({ pool, log: silentLog });
  const undone = await migrateDown({ pool, log: silentLog }, { steps: newest.length - 1 });
  await pool.query("insert into users (id, github_login) values (gen_random_uuid(), 'ada')");
  await writeCopy(pool, join(parent, "old"), { culpritVersion: "0.0.1", progress: () => undefined });
  const fresh = await createTestDatabase({ isEmpty: true });
  try {
    const done = await restore("old", fresh.database);
    expect(done.migrated).toEqual(undone.toReversed());
    expect((await fresh.database.pool.query("select github_login from users")).rows).toEqual([{ github_login: "ada" }]);
    expect(await dumpSchema(fresh.database.pool)).toBe(await dumpSchema(source.database.pool));
  } finally {
    await fresh.drop();
  }
});

test("a folder that holds something is refused, and a copy that fails leaves nothing", async () => {
  await writeFile(join(parent, "file"), "x");
  await expect(
    writeCopy(source.database.pool, parent, { culpritVersion: "0", progress: () => undefined }),
  ).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(copy("file/below")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await expect(
    writeCopy(target.database.pool, join(parent, "none"), { culpritVersion: "0", progress: () => undefined }),
  ).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("no schema") });
  expect(execFileSync("ls", [parent], { encoding: "utf8" })).toBe("file\n");
});

test.skipIf(!hasDebianPostgres)(
  "a copy of the embedded PostgreSQL 18 restores into PostgreSQL 15 and back",
  async () => {
    await fillSource();
    await copy("from18");
    const debian = await startDebianPostgres();
    const older = await openDatabase(
      { kind: "url", url: debian.url, allowInsecure: false, pool: { size: 1 } },
      { log: silentLog },
    );
    try {
      await restore("from18", older);
      expect(await contentOf(older)).toEqual(await contentOf(source.database));
      await writeCopy(older.pool, join(parent, "from15"), { culpritVersion: "0.1.0", progress: () => undefined });
    } finally {
      await older.close();
      await debian.stop();
    }
    await restore("from15");
    expect(await contentOf(target.database)).toEqual(await contentOf(source.database));
  },
);
