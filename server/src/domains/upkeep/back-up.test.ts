import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { withLock } from "../../platform/db/maintain/maintenance-lock.ts";
import { listOwnFaults } from "../incident/index.ts";
import { backUp } from "./back-up.ts";
import { standingBackups } from "./backup-records.ts";
import { watchBackups } from "./watch-backups.ts";

let bench: UpkeepBench;
beforeEach(async () => {
  bench = await openUpkeep();
});
afterEach(() => bench.close());

const pass = (hours: number) => {
  bench.clock.now = new Date(bench.clock.now.getTime() + hours * 3_600_000);
};
const faults = async () => (await listOwnFaults(bench.own.database.db)).map(({ kind }) => kind);
const runs = async () =>
  (await bench.own.database.pool.query("select status, error_message, details from upkeep_runs order by started_at"))
    .rows;

test("a backup is verified and kept in the records, and older ones go only after a newer verified one", async () => {
  const folders: string[] = [];
  for (let night = 0; night < 4; night++) {
    const run = await backUp(bench.deps);
    expect(run?.details).toMatchObject({ isVerified: true, pruned: folders.slice(-2, -1) });
    folders.push(run?.details.folder ?? "");
    pass(24);
  }
  expect(folders.map((folder) => existsSync(join(folder, "manifest.json")))).toEqual([false, false, true, true]);
  expect((await standingBackups(bench.own.database.db)).map(({ folder }) => folder)).toEqual(
    folders.slice(-2).toReversed(),
  );
});

test("a backup that fails takes none away, is a fault of Culprit's own, and the next one resolves it", async () => {
  const first = await backUp(bench.deps);
  pass(24);
  // What the next one would be called is taken.
  const blocked = join(bench.deps.settings.backupFolder, `culprit-${stampOf(bench.clock.now)}`);
  await mkdir(blocked);
  await writeFile(join(blocked, "something"), "");
  await expect(backUp(bench.deps)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await faults()).toEqual(["backup_failed"]);
  expect(await runs()).toMatchObject([{ status: "completed" }, { status: "failed" }]);
  expect(existsSync(first?.details.folder ?? "")).toBe(true);
  pass(1);
  await backUp(bench.deps);
  expect(await faults()).toEqual([]);
});

const stampOf = (at: Date) => at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");

test("where the disk has no room for it no backup is begun, and it says how much is missing", async () => {
  const deps = { ...bench.deps, settings: { ...bench.deps.settings, freeBytesMin: 1e15 } };
  await expect(backUp(deps)).rejects.toThrow(/may need \d+ MB .* \d+ MB are there\. Make room/);
  expect(await faults()).toEqual(["backup_failed"]);
});

test("of two at once one makes the backup, and what a killed process left running is closed as failed", async () => {
  await bench.own.database.pool.query(
    "insert into upkeep_runs (run_id, kind, status, started_at) values (gen_random_uuid(), 'backup', 'running', now() - interval '1 day')",
  );
  const results = await Promise.all([backUp(bench.deps), backUp(bench.deps)]);
  expect(results.filter((one) => one === null)).toHaveLength(1);
  expect(await runs()).toMatchObject([
    { status: "failed", error_message: "The process that ran it ended." },
    { status: "completed" },
  ]);
});

test("two nights without a verified backup are a fault, one is not, and the next backup resolves it", async () => {
  expect(await watchBackups(bench.deps)).toEqual({ isMissing: false });
  await backUp(bench.deps);
  pass(49);
  expect(await watchBackups(bench.deps)).toEqual({ isMissing: false });
  pass(2);
  expect(await watchBackups(bench.deps)).toEqual({ isMissing: true });
  expect(await faults()).toEqual(["backup_missed"]);
  await backUp(bench.deps);
  expect(await faults()).toEqual([]);
});

test("a new installation that never made a backup has the same time; one that makes none by itself is not asked", async () => {
  expect(await watchBackups(bench.deps)).toEqual({ isMissing: false });
  pass(60);
  const off = { ...bench.deps, settings: { ...bench.deps.settings, backupKeep: 0 } };
  expect(await watchBackups(off)).toEqual({ isMissing: false });
  expect(await watchBackups(bench.deps)).toEqual({ isMissing: true });
});

test("a lock of one kind keeps out that kind alone", async () => {
  const pool = bench.own.database.pool;
  expect(await withLock(pool, 0x75706b00, () => withLock(pool, 0x75706b00, async () => 1))).toBeNull();
  expect(await withLock(pool, 0x75706b00, () => withLock(pool, 0x75706b01, async () => 1))).toBe(1);
});
