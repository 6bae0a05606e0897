import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../../test/database/fill-incidents.ts";
import { type ArchiveOptions, archiveIncidents } from "./archive-incidents.ts";

let testDatabase: TestDatabase;
let folder: string;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "culprit-archive-"));
});
afterEach(async () => {
  await testDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

const options = (more: Partial<ArchiveOptions> = {}): ArchiveOptions => ({
  before: new Date(Date.now() - 90 * 86_400_000),
  folder,
  isKept: false,
  progress: () => undefined,
  ...more,
});
const pool = () => testDatabase.database.pool;
const countOf = async (table: string) => (await pool().query(`select count(*)::int as n from ${table}`)).rows[0].n;

async function linesOf(ending: string): Promise<Record<string, unknown>[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return texts.flatMap((text) =>
    gunzipSync(text)
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

test("an old incident is archived whole, its rows of all tables included, and then is gone with them", async () => {
  const { incidentIds } = await fillIncidents(pool(), { count: 3, ageDays: 100 });
  const done = await archiveIncidents(pool(), options());
  expect(done).toMatchObject({ archived: 3, deleted: 3, left: 0 });
  const lines = await linesOf(".ndjson.gz");
  const incidents = lines.filter((line) => "children" in line);
  expect(incidents.map(({ id }) => id).sort()).toEqual([...incidentIds].sort());
  expect(incidents[0]).toMatchObject({
    title: 'a "quoted" \\ title',
    error_message: "two\nlines \\ back",
    root_cause: "a null",
    patch_diff: "--- a",
    children: {
      autopsy_results: [{ root_cause: "a null" }],
      incident_counters: [{ occurrence_count: 3 }],
      incident_decisions: expect.arrayContaining([
        expect.objectContaining({ decision: "opened" }),
        expect.objectContaining({ decision: "approved" }),
      ]),
      incident_fingerprints: [{ environment: "production" }],
      workflow_executions: [{ status: "completed" }],
    },
  });
  const rowsOf = (table: string) =>
    lines.filter((line) => line.table === table).length +
    incidents.flatMap(({ children }) => (children as Record<string, unknown[]>)[table] ?? []).length;
  expect({ occurrences: rowsOf("incident_occurrences"), logs: rowsOf("execution_logs") }).toEqual({
    occurrences: 9,
    logs: 6,
  });
  for (const table of ["incidents", "incident_occurrences", "execution_logs", "autopsy_results", "workflow_executions"])
    expect({ table, rows: await countOf(table) }).toEqual({ table, rows: 0 });
});

test("young ones, ones seen lately and ones at work stay", async () => {
  await fillIncidents(pool(), { count: 2, ageDays: 10 });
  await fillIncidents(pool(), { count: 2, ageDays: 100, isSeenNow: true });
  const atWork = await fillIncidents(pool(), { count: 1, ageDays: 100 });
  await pool().query(
    "update workflow_executions set status = 'running', completed_at = null where incident_id = $1",
    atWork.incidentIds.slice(),
  );
  expect(await archiveIncidents(pool(), options())).toMatchObject({ archived: 0, deleted: 0 });
  expect(await countOf("incidents")).toBe(5);
  expect(await readdir(folder)).toEqual([]);
});

test("with keep nothing is deleted and nothing written twice; a later run deletes what is archived", async () => {
  await fillIncidents(pool(), { count: 3, ageDays: 100 });
  expect(await archiveIncidents(pool(), options({ isKept: true }))).toMatchObject({ archived: 3, deleted: 0 });
  expect(await archiveIncidents(pool(), options({ isKept: true }))).toMatchObject({ archived: 0, deleted: 0 });
  expect(await countOf("incidents")).toBe(3);
  expect(await archiveIncidents(pool(), options())).toMatchObject({ archived: 0, deleted: 3 });
  expect(await countOf("incidents")).toBe(0);
});

test("what changed after it was archived is not deleted, but archived anew", async () => {
  const { incidentIds } = await fillIncidents(pool(), { count: 3, ageDays: 100 });
  await archiveIncidents(pool(), options({ isKept: true }));
  await pool().query("update autopsy_results set root_cause = 'something else' where incident_id = $1", [
    incidentIds[1],
  ]);
  await pool().query(
    "insert into execution_logs (id, project_id, execution_id, level, message) select gen_random_uuid(), project_id, id, 'INFO', 'late' from workflow_executions where incident_id = $1",
    [incidentIds[2]],
  );
  expect(await archiveIncidents(pool(), options())).toMatchObject({ archived: 2, deleted: 3 });
  const found = (await linesOf(".ndjson.gz")).filter((line) => line.id === incidentIds[1]);
  expect(found.map(({ root_cause }) => root_cause).sort()).toEqual(["a null", "something else"]);
});

test("nothing is deleted by a damaged archive, and the message names it", async () => {
  await fillIncidents(pool(), { count: 2, ageDays: 100 });
  const { files } = await archiveIncidents(pool(), options({ isKept: true }));
  const path = join(folder, files[0] ?? "");
  const bytes = await readFile(path);
  bytes.writeUInt8((bytes.at(-12) ?? 0) ^ 1, bytes.length - 12);
  await writeFile(path, bytes);
  await expect(archiveIncidents(pool(), options())).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining(`The archive ${path} is damaged`),
  });
  expect(await countOf("incidents")).toBe(2);
});
