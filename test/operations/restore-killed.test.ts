import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeCopy } from "../../server/src/platform/db/backup/write-copy.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import { openQueue } from "../../server/src/platform/queue/queue.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { fillIncidents } from "../database/fill-incidents.ts";

const main = fileURLToPath(new URL("../../server/src/culprit.js", import.meta.url));

let source: TestDatabase;
let target: TestDatabase;
let folder: string;
beforeAll(async () => {
  [source, target] = [await createTestDatabase(), await createTestDatabase({ isEmpty: true })];
  folder = await mkdtemp(join(tmpdir(), "culprit-restore-killed-"));
  const { pool } = source.database;
  const { incidentIds } = await fillIncidents(pool, { count: 200, ageDays: 1 });
  await pool.query("update workflow_executions set status = 'running', completed_at = null where incident_id = $1", [
    incidentIds[0],
  ]);
  await writeCopy(pool, join(folder, "copy"), { culpritVersion: "0.1.0", progress: () => undefined });
});
afterAll(async () => {
  await Promise.all([source.drop(), target.drop()]);
  await rm(folder, { recursive: true, force: true });
});

async function restore(killWhen: (said: string) => boolean): Promise<{ code: number | null; said: string }> {
  const args = [main, "restore", join(folder, "copy"), "--database-url", target.url, "--log-level", "info"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (killWhen(said)) child.kill("SIGKILL");
  });
  const [code] = await once(child, "close");
  return { code, said };
}

test("a restore that is killed leaves no half database and is simply run again; unfinished executions go on", async () => {
  const { pool } = target.database;
  for (const mark of ["migrated up", "loaded 5/", "checking foreign keys"]) {
    expect((await restore((said) => said.includes(mark))).code).toBeNull();
    const { rows } = await pool.query("select to_regclass('incidents') is not null as has");
    if (rows[0].has) expect((await pool.query("select count(*)::int as n from incidents")).rows).toEqual([{ n: 0 }]);
  }
  expect((await restore(() => false)).code).toBe(0);
  expect((await pool.query("select count(*)::int as n from incidents")).rows).toEqual([{ n: 200 }]);
  const jobs = await pool.query("select name, count(*)::int as n from pgboss.job group by name order by name");
  expect(jobs.rows).toEqual([
    { name: "execution", n: 1 },
    { name: "gate", n: 1 },
  ]);
});

test("of two restores at once into one database one wins and the other is told so; what the winner restored is whole", async () => {
  const both = await createTestDatabase({ isEmpty: true });
  const run = async () => {
    const args = [main, "restore", join(folder, "copy"), "--database-url", both.url];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const [code] = await once(child, "close");
    return { code, said };
  };
  try {
    const ends = await Promise.all([run(), run()]);
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 1]);
    // The other met the winner at work, or found its rows when it was done.
    expect(ends.find(({ code }) => code === 1)?.said).toMatch(/Another restore|is not empty/);
    const { rows } = await both.database.pool.query("select count(*)::int as n from incidents");
    expect(rows).toEqual([{ n: 200 }]);
  } finally {
    await both.drop();
  }
});

test("a restore is refused while Culprit runs on the database, even with --replace", async () => {
  const queue = await openQueue(target.database, createLog("silent"));
  const child = spawn(
    process.execPath,
    [main, "restore", join(folder, "copy"), "--replace", "--database-url", target.url],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = await once(child, "close");
  await queue.close(1_000);
  expect(code).toBe(1);
  expect(said).toMatch(/Culprit runs on this database at the moment\. Stop/);
  const { rows } = await target.database.pool.query("select count(*)::int as n from incidents");
  expect(rows).toEqual([{ n: 200 }]);
});
