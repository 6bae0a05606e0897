import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startDatabaseHolder } from "../../../../../test/database/start-database-holder.ts";
import { CulpritError } from "../../errors/culprit-error.ts";
import { silentLog } from "../database-log.ts";
import { type Database, openDatabase } from "../open-database.ts";
import { openClusterFolder } from "./cluster-folder.ts";
import { isProcessAlive } from "./process-identity.ts";
import { removeAbandonedServers } from "./remove-abandoned-servers.ts";
import { findServerUser } from "./server-user.ts";

const isRoot = process.geteuid?.() === 0;
let dataDir: string;
const opened: Database[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp("/tmp/culprit-embedded-");
  await chmod(dataDir, 0o711);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
  const home = await realpath(join(dataDir, "postgres")).catch(() => dataDir);
  await rm(home, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
});

async function open(folder = dataDir): Promise<Database> {
  const database = await openDatabase({ kind: "embedded", dataDir: folder, durability: "none" }, { log: silentLog });
  opened.push(database);
  return database;
}

async function pidOf(database: Database): Promise<number> {
  const { embeddedPid, reason } = await database.health();
  if (embeddedPid === null) throw new Error(`no server: ${reason}`);
  return embeddedPid;
}

test("it listens on no network port, and its socket is closed to other users", async () => {
  const { pool } = await open();
  const { rows } = await pool.query(
    "select inet_server_addr() as address, current_setting('listen_addresses') as listening",
  );
  expect(rows).toEqual([{ address: null, listening: "" }]);
  expect((await lstat(pool.options.host ?? "")).mode & 0o077).toBe(0);
});

test("a second process of the same folder joins the server, and the last one to leave stops it", async () => {
  const database = await open();
  const pid = await pidOf(database);
  const other = await startDatabaseHolder(dataDir);
  expect(other.embeddedPid).toBe(pid);
  await database.close();
  expect(isProcessAlive(pid)).toBe(true);
  await other.close();
  expect(isProcessAlive(pid)).toBe(false);
});

test("four processes that start a new folder at once share one server", async () => {
  const holders = await Promise.all(Array.from({ length: 4 }, () => startDatabaseHolder(dataDir)));
  const pids = new Set(holders.map(({ embeddedPid }) => embeddedPid));
  expect(pids.size).toBe(1);
  await Promise.all(holders.map((holder) => holder.close()));
  expect([...pids].some(isProcessAlive)).toBe(false);
});

test("a killed server comes back, callers get DATABASE_UNAVAILABLE meanwhile, and no acknowledged row is lost", async () => {
  const database = await open();
  await database.pool.query("create table ledger (id int primary key)");
  const before = await pidOf(database);
  const acknowledged: number[] = [];
  const faults: unknown[] = [];
  // A session may serve on for a while after its postmaster was killed, so it goes on until one has failed.
  for (let id = 1; id < 200 || faults.length === 0 || acknowledged.at(-1) !== id - 1; id++) {
    if (id === 50) process.kill(before, "SIGKILL");
    try {
      await database.pool.query("insert into ledger values ($1)", [id]);
      acknowledged.push(id);
    } catch (fault) {
      if (!(fault instanceof CulpritError && fault.code === "DATABASE_UNAVAILABLE")) throw fault;
      faults.push(fault);
    }
  }
  expect(faults[0]).toMatchObject({ details: { retryAfterS: 1 } });
  const { rows } = await database.pool.query<{ id: number }>("select id from ledger");
  const stored = new Set(rows.map(({ id }) => id));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(await pidOf(database)).not.toBe(before);
});

test("a server that survived its killed parent is adopted by the next start, with what was committed", async () => {
  const holder = await startDatabaseHolder(dataDir);
  await holder.kill();
  expect(isProcessAlive(holder.embeddedPid)).toBe(true);
  const database = await open();
  expect(await pidOf(database)).toBe(holder.embeddedPid);
  await database.close();
  expect(isProcessAlive(holder.embeddedPid)).toBe(false);
});

test("a process that joined starts the server again when its starter and the server are both killed", async () => {
  const holder = await startDatabaseHolder(dataDir);
  const database = await open();
  await holder.kill();
  process.kill(holder.embeddedPid, "SIGKILL");
  await vi.waitFor(async () => expect(await pidOf(database)).not.toBe(holder.embeddedPid), { timeout: 20_000 });
  await vi.waitFor(() => database.pool.query("select 1"), { timeout: 20_000 });
});

test("what a killed process left in a temporary folder is stopped and removed, what is in use is not", async () => {
  const parent = dataDir;
  for (const name of ["left-1", "used-1"]) await mkdir(join(parent, name), { mode: 0o755 });
  const left = await startDatabaseHolder(join(parent, "left-1"));
  await left.kill();
  await open(join(parent, "used-1"));
  expect(await removeAbandonedServers(parent, "", 0)).toEqual([join(parent, "left-1")]);
  expect(existsSync(join(parent, "left-1"))).toBe(false);
  await vi.waitFor(() => expect(isProcessAlive(left.embeddedPid)).toBe(false), { timeout: 10_000 });
});

test("a server that is killed with its parent starts again from its stale pid file and socket", async () => {
  const holder = await startDatabaseHolder(dataDir);
  await holder.kill();
  process.kill(holder.embeddedPid, "SIGKILL");
  const database = await open();
  expect(await pidOf(database)).not.toBe(holder.embeddedPid);
});

test("stale lock files whose number now belongs to another process of the same user do not stop a start", async () => {
  const database = await open();
  const socketFolder = database.pool.options.host ?? "";
  await database.close();
  const data = join(await realpath(join(dataDir, "postgres")), "data");
  const { uid, gid, isOther } = await findServerUser(data);
  const stranger = spawn("sleep", ["60"], isOther ? { uid, gid } : {});
  try {
    const lock = `${stranger.pid}\n${data}\n1767225600\n5432\n${socketFolder}\n\n0 0\nready\n`;
    await writeFile(join(data, "postmaster.pid"), lock);
    await mkdir(socketFolder, { recursive: true, mode: 0o711 });
    await writeFile(join(socketFolder, ".s.PGSQL.5432.lock"), lock);
    expect(await pidOf(await open())).not.toBe(stranger.pid);
    expect(stranger.exitCode).toBeNull();
  } finally {
    stranger.kill();
  }
});

test("what a killed initdb left is removed, and the folder works", async () => {
  const { home } = await openClusterFolder(dataDir);
  await mkdir(join(home, "data.new-999999999-1/base"), { recursive: true });
  await pidOf(await open());
  expect(readdirSync(home).filter((name) => name.includes(".new-"))).toEqual([]);
});

test("data of another major version is refused with the way out, and left as it is", async () => {
  const { home } = await openClusterFolder(dataDir);
  await mkdir(join(home, "data"));
  await writeFile(join(home, "data/PG_VERSION"), "17\n");
  await expect(open()).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    message: expect.stringMatching(/PostgreSQL 17.*pg_upgrade/s),
  });
  expect(readdirSync(join(home, "data"))).toEqual(["PG_VERSION"]);
});

test("a folder that cannot be made is refused with the way out", async () => {
  await writeFile(join(dataDir, "file"), "");
  await expect(open(join(dataDir, "file/below"))).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    message: expect.stringContaining("CULPRIT_DATA_DIR"),
  });
});

test("a folder without write permission is refused with the way out", async () => {
  chmodSync(dataDir, 0o555);
  // Permissions bind everybody but root, so root looks at it as somebody else.
  if (isRoot) process.seteuid?.(65534);
  try {
    await expect(openClusterFolder(dataDir)).rejects.toMatchObject({
      code: "DATA_FOLDER_UNUSABLE",
      message: expect.stringContaining("writable"),
    });
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(dataDir, 0o711);
  }
});

test("a folder that others cannot enter works, for root by a link to a place that PostgreSQL's user can enter", async () => {
  await chmod(dataDir, 0o700);
  await pidOf(await open());
  const isLink = (await lstat(join(dataDir, "postgres"))).isSymbolicLink();
  expect(isLink).toBe(isRoot);
});

test("a path that is too long for a socket works", async () => {
  const deep = join(dataDir, "d".repeat(60), "e".repeat(60));
  const database = await open(deep);
  expect(Buffer.byteLength(database.pool.options.host ?? "")).toBeLessThan(90);
  expect(existsSync(join(deep, "postgres/data"))).toBe(true);
  await database.close();
  expect(existsSync(database.pool.options.host ?? "")).toBe(false);
});
