import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkArchive, readManifests } from "../../server/src/platform/db/archive/archive-file.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { fillIncidents } from "../database/fill-incidents.ts";

const main = fileURLToPath(new URL("../../server/src/culprit.js", import.meta.url));
const INCIDENTS = 5_000;

let testDatabase: TestDatabase;
let folder: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "culprit-killed-"));
});
afterAll(async () => {
  await testDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the real command; with `killAfterMs` it ends as by a crash, that long after it said that a file is written. */
async function archive(killAfterMs: number | null): Promise<number | null> {
  const args = [main, "archive", "--older-than", "90d", "--to", folder, "--database-url", testDatabase.url];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    const isFirst = !/^archived /m.test(said);
    said += text;
    if (killAfterMs !== null && isFirst && /^archived /m.test(said))
      setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  });
  const [code] = await once(child, "close");
  return code;
}

/** The ids of all incidents in checked archives. */
async function archivedIds(): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const manifest of await readManifests(folder)) {
    await checkArchive(folder, manifest);
    const text = gunzipSync(await readFile(join(folder, manifest.file))).toString();
    for (const line of text.trimEnd().split("\n")) {
      const row = JSON.parse(line);
      if (row.children !== undefined) ids.add(row.id);
    }
  }
  return ids;
}

test("an archive that is killed again and again deletes nothing that is not in a checked file, and gets done", async () => {
  const { pool } = testDatabase.database;
  const { incidentIds } = await fillIncidents(pool, { count: INCIDENTS, ageDays: 100 });
  const young = await fillIncidents(pool, { count: 3, ageDays: 1 });
  const living = async () =>
    new Set((await pool.query<{ id: string }>("select id from incidents")).rows.map(({ id }) => id));

  // Between the file and its delete, in the middle of a delete, of the next file, of a later delete.
  for (const killAfterMs of [0, 10, 30, 60, 100]) {
    expect(await archive(killAfterMs)).toBeNull();
    const [there, archived] = [await living(), await archivedIds()];
    expect(incidentIds.filter((id) => !there.has(id) && !archived.has(id))).toEqual([]);
  }
  expect((await living()).size).toBeGreaterThan(young.incidentIds.length);
  expect(await archive(null)).toBe(0);
  expect(await living()).toEqual(new Set(young.incidentIds));
  expect(await archivedIds()).toEqual(new Set(incidentIds));
  const { rows } = await pool.query("select count(*)::int as n from incident_occurrences");
  expect(rows).toEqual([{ n: 9 }]);
});
