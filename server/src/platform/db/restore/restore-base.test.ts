import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasDebianPostgres, startDebianPostgres } from "../../../../../test/database/start-debian-postgres.ts";
import { clockOf, writeBaseByTool } from "../backup/base-by-tool.ts";
import { writeBaseOfEmbedded } from "../backup/base-of-embedded.ts";
import type { BaseManifest } from "../backup/copy-manifest.ts";
import { pruneWalArchive, readWalArchive, switchWalArchiveOff, switchWalArchiveOn } from "../backup/wal-archive.ts";
import { silentLog } from "../database-log.ts";
import { migrateUp } from "../migrations/migrate-up.ts";
import { type Database, openDatabase } from "../open-database.ts";
import { type BaseRestore, restoreBase } from "./restore-base.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp("/tmp/culprit-base-");
  await chmod(parent, 0o711);
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const options = { culpritVersion: "0.1.0", progress: () => undefined, env: { PATH: process.env.PATH ?? "" } };
const addUser = (pool: pg.Pool, login: string) =>
  pool.query("insert into users (id, github_login) values (gen_random_uuid(), $1)", [login]);
const usersOf = async ({ pool }: Database) =>
  (await pool.query("select github_login as login from users order by created_at")).rows.map(({ login }) => login);
const restore = (manifest: BaseManifest, to: string, more: Partial<BaseRestore> = {}) =>
  restoreBase({
    from: join(parent, "base"),
    manifest,
    to: join(parent, to),
    at: null,
    wal: null,
    path: process.env.PATH,
    progress: () => undefined,
    ...more,
  });

/** Everything that is written so far is in the archive when it resolves. */
async function flush(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("select pg_walfile_name(pg_switch_wal()) as file");
  for (let last = ""; last < rows[0].file; )
    last = (await pool.query("select coalesce(last_archived_wal, '') as last from pg_stat_archiver")).rows[0].last;
}

async function openEmbedded(dataDir: string): Promise<Database> {
  return openDatabase({ kind: "embedded", dataDir, durability: "none", pool: { size: 1 } }, { log: silentLog });
}

test.skipIf(!hasDebianPostgres)(
  "your PostgreSQL 15 restored to a moment between two writes has the first and not the second",
  async () => {
    const debian = await startDebianPostgres({
      archive_mode: "on",
      archive_command: "mkdir -p FOLDER/wal && cp %p FOLDER/wal/%f",
    });
    const database = await openDatabase(
      { kind: "url", url: debian.url, allowInsecure: false, pool: { size: 1 } },
      { log: silentLog },
    );
    try {
      const { pool } = database;
      await migrateUp({ pool, log: silentLog });
      await addUser(pool, "before the backup");
      const manifest = await writeBaseByTool(pool, debian.url, join(parent, "base"), options);
      await addUser(pool, "A");
      const at = await clockOf(pool);
      await addUser(pool, "B");
      await flush(pool);
      const wal = join(debian.folder, "wal");

      await expect(restore(manifest, "none", { at })).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        message: expect.stringContaining("--wal DIR"),
      });
      const { recovered } = await restore(manifest, "between", { at, wal });
      expect(recovered?.lastTransactionAt).toBeDefined();
      expect(existsSync(join(parent, "between/recovery.signal"))).toBe(false);
      expect(await usersIn(join(parent, "between"))).toBe("before the backup,A");
      // As on Debian, where the settings lie apart; or with settings that name the folder of the old server.
      for (const name of ["postgresql.conf", "pg_hba.conf", "pg_ident.conf"]) await rm(join(parent, "base/data", name));
      await restore(manifest, "end", { wal });
      await writeFile(join(parent, "base/data/postgresql.conf"), `data_directory = '${debian.folder}/data'\n`);
      const named = await restore(manifest, "named", { wal });
      expect(named.next).toMatch(/^First take data_directory out/);
      expect(existsSync(join(debian.folder, "data/recovery.signal"))).toBe(false);
      await rm(join(parent, "named/postgresql.conf"));
      await writeFile(join(parent, "named/postgresql.conf"), "");
      expect(await usersIn(join(parent, "named"))).toBe("before the backup,A,B");
      expect(await usersIn(join(parent, "end"))).toBe("before the backup,A,B");

      await expect(restore(manifest, "between", { at, wal })).rejects.toMatchObject({ code: "CONFLICT" });
      const later = await clockOf(pool);
      await expect(restore(manifest, "beyond", { at: later, wal })).rejects.toMatchObject({
        code: "CONFLICT",
        message: expect.stringMatching(/does not reach .* its last transaction is of 2/),
      });
      expect(existsSync(join(parent, "beyond"))).toBe(false);
      const prepared = await restore(manifest, "prepared", {
        at,
        wal,
        manifest: { ...manifest, serverVersion: 990_000 },
      });
      expect(prepared).toMatchObject({
        recovered: null,
        next: expect.stringMatching(/apt-get install postgresql-99.*pg_ctl -D .*prepared start/),
      });
    } finally {
      await database.close();
      await debian.stop();
    }
  },
);

/** Reads a data folder with PostgreSQL 15's single-user server, as the user that owns it. */
async function usersIn(data: string): Promise<string> {
  const [uid, gid] = execFileSync("stat", ["-c", "%u %g", data], { encoding: "utf8" }).split(" ").map(Number);
  const text = execFileSync("/usr/lib/postgresql/15/bin/postgres", ["--single", "-D", data, "culprit"], {
    input: "select string_agg(github_login, ',' order by created_at) as found from users\n",
    encoding: "utf8",
    cwd: "/tmp",
    stdio: ["pipe", "pipe", "ignore"],
    ...(process.geteuid?.() === 0 ? { uid, gid } : {}),
  });
  return /found = "([^"]*)"/.exec(text)?.[1] ?? text;
}

test("the embedded database restored to a moment between two writes has the first and not the second, and starts", async () => {
  const dataDir = join(parent, "old");
  let database = await openEmbedded(dataDir);
  await migrateUp({ pool: database.pool, log: silentLog });
  await expect(writeBaseOfEmbedded(database.pool, join(parent, "base"), options)).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("culprit db wal-archive DIR"),
  });
  const on = await switchWalArchiveOn(database.pool, join(parent, "it's a wal"));
  expect(on).toMatchObject({ isOn: false, needsRestart: true });
  await database.close();

  database = await openEmbedded(dataDir);
  const { pool } = database;
  expect(await readWalArchive(pool)).toMatchObject({ isOn: true, needsRestart: false, folder: on.folder });
  await addUser(pool, "before the backup");
  const manifest = await writeBaseOfEmbedded(pool, join(parent, "base"), options);
  expect(manifest.walFolder).toBe(on.folder);
  await addUser(pool, "A");
  const at = await clockOf(pool);
  await addUser(pool, "B");
  await readWalArchive(pool, { isFlushed: true });

  // The old server still runs.
  const { next } = await restore(manifest, "between", { at });
  expect(next).toContain(`culprit start --data-dir ${join(parent, "between")}`);
  const between = await openEmbedded(join(parent, "between"));
  expect(await usersOf(between)).toEqual(["before the backup", "A"]);
  expect(await readWalArchive(between.pool)).toMatchObject({ isOn: false, needsRestart: false, folder: null });
  await addUser(between.pool, "C");
  await between.close();

  // What is older than the backup is not needed.
  const names = () => readdirSync(on.folder ?? "");
  const before = names().length;
  expect(await pruneWalArchive(on.folder ?? "", manifest.firstWal)).toBeGreaterThan(0);
  expect(names().length).toBeLessThan(before);
  expect(names()).toContain(`${manifest.firstWal}.gz`);
  await restore(manifest, "end");
  const end = await openEmbedded(join(parent, "end"));
  expect(await usersOf(end)).toEqual(["before the backup", "A", "B"]);
  await end.close();

  expect(await switchWalArchiveOff(pool)).toMatchObject({ isOn: true, needsRestart: true });
  await database.close();
});

test("a base backup of the embedded database taken while it is written to loses nothing of before and nothing of after", async () => {
  const dataDir = join(parent, "old");
  const first = await openEmbedded(dataDir);
  await migrateUp({ pool: first.pool, log: silentLog });
  await switchWalArchiveOn(first.pool, join(parent, "wal"));
  await first.close();
  const database = await openEmbedded(dataDir);
  let isDone = false;
  let written = 0;
  const writer = (async () => {
    for (; !isDone; written++) await addUser(database.pool, `u${written}`);
  })();
  const manifest = await writeBaseOfEmbedded(database.pool, join(parent, "base"), options);
  isDone = true;
  await writer;
  await readWalArchive(database.pool, { isFlushed: true });
  await database.close();
  await restore(manifest, "new");
  const restored = await openEmbedded(join(parent, "new"));
  const { rows } = await restored.pool.query("select count(*)::int as n from users");
  expect(rows[0].n).toBe(written);
  expect(written).toBeGreaterThan(10);
  await restored.close();
});

test("a moment before the backup, in the future or without a zone is refused with the reason", async () => {
  const manifest = {
    finishedAt: "2026-01-02T00:00:00Z",
    walFolder: join(parent, "wal"),
    firstWal: "000000010000000000000002",
  } as BaseManifest;
  await mkdir(join(parent, "wal"));
  const refused = (at: string | null, words: RegExp) => expect(restore(manifest, "to", { at })).rejects.toThrow(words);
  await refused("2026-01-01T00:00:00Z", /was finished at 2026-01-02.*older backup/);
  await refused("2999-01-01 00:00:00+02", /in the future/);
  await refused("2026-01-03T00:00:00", /with its zone/);
  await refused("yesterday", /with its zone/);
  await refused(null, /does not hold 000000010000000000000002/);
});
