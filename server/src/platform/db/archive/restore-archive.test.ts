import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillProject, makeOldLogPartitions } from "../../../../../test/schema/fill-every-table.ts";
import { inTransaction } from "../in-transaction.ts";
import { archiveIncidents } from "./archive-incidents.ts";
import { archivePartitions } from "./archive-partitions.ts";
import { fixTextForms } from "./archive-sql.ts";
import { findIncidentChildren } from "./incident-children.ts";
import { restoreArchive } from "./restore-archive.ts";

let own: TestDatabase;
let folder: string;
beforeEach(async () => {
  own = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "culprit-restore-"));
  await makeOldLogPartitions(own.database.pool);
});
afterEach(async () => {
  await own.drop();
  await rm(folder, { recursive: true, force: true });
});

const progress = () => undefined;
const DAY_MS = 86_400_000;
/** Archives and deletes all that is older than so many days; the file of the incidents. */
async function archive(days: number): Promise<string> {
  const before = new Date(Date.now() - days * DAY_MS);
  const { files } = await archiveIncidents(own.database.pool, { before, folder, isKept: false, progress });
  return join(folder, files[0] ?? "none");
}

/** Every row of every table that goes with incidents, as text; what restoring sets itself is left out. */
function everything(): Promise<Record<string, string[]>> {
  return inTransaction(own.database.pool, "begin read only", async (client) => {
    await fixTextForms(client);
    const all: Record<string, string[]> = {};
    for (const name of ["incidents", ...(await findIncidentChildren(client)).map((child) => child.name)]) {
      const { rows } = await client.query<{ row: string }>(
        `select (to_jsonb(r) - 'restored_at' - 'updated_at')::text as row from ${name} r order by 1`,
      );
      all[name] = rows.map(({ row }) => row);
    }
    return all;
  });
}

/** Seen and ended long ago, so that all but the newest are old. */
async function age() {
  const { pool } = own.database;
  await pool.query(
    "update incident_counters c set last_seen_at = i.created_at, first_seen_at = i.created_at from incidents i where i.id = c.incident_id",
  );
  await pool.query(
    "update workflow_executions set status = 'completed', completed_at = now() where incident_id is not null",
  );
}

test("what comes back is every row of every table as it was, and a second time changes nothing", async () => {
  await fillProject(own.database.pool, "alpha");
  await age();
  const before = await everything();
  const file = await archive(5);
  const gone = await everything();
  expect(gone.incidents?.length).toBeLessThan(before.incidents?.length ?? 0);
  const done = await restoreArchive(own.database, file, { progress });
  expect(done).toMatchObject({ existing: 0, orphaned: 0, leftOut: {} });
  expect(done.incidents).toBe((before.incidents?.length ?? 0) - (gone.incidents?.length ?? 0));
  expect(await everything()).toEqual(before);
  const again = await restoreArchive(own.database, file, { progress });
  expect(again).toMatchObject({ incidents: 0, existing: done.incidents, rows: 0 });
  expect(await everything()).toEqual(before);
});

test("what came back is kept as long as what is new, occurrences too, and is archived again after that", async () => {
  await fillProject(own.database.pool, "alpha");
  await age();
  const before = await everything();
  const file = await archive(5);
  await restoreArchive(own.database, file, { progress });
  const options = { before: new Date(Date.now() - 5 * DAY_MS), folder, isKept: false, progress };
  expect(await archiveIncidents(own.database.pool, options)).toMatchObject({ archived: 0, deleted: 0 });
  await archivePartitions(own.database.pool, options);
  expect(await everything()).toEqual(before);
  await own.database.pool.query(
    "update incidents set restored_at = now() - interval '6 days' where restored_at is not null",
  );
  expect((await archiveIncidents(own.database.pool, options)).deleted).toBeGreaterThan(0);
});

test("what a row means and is gone is left empty where it may be, and the row is left out with its count where it must not", async () => {
  const { pool } = own.database;
  const { projectId, serviceId, workflowId } = await fillProject(pool, "alpha");
  await age();
  await pool.query("update workflow_executions set workflow_id = $1 where project_id = $2", [workflowId, projectId]);
  const file = await archive(5);
  await pool.query("delete from workflow_executions where project_id = $1", [projectId]);
  await pool.query("delete from workflows where project_id = $1", [projectId]);
  await pool.query("delete from services where service_id = $1", [serviceId]);
  const done = await restoreArchive(own.database, file, { progress });
  expect(done.incidents).toBeGreaterThan(0);
  const { rows } = await pool.query(
    "select count(*)::int as n from incidents where restored_at is not null and service_id is null",
  );
  expect(rows[0].n).toBe(done.incidents);
  expect(Object.keys(done.leftOut)).toContain("workflow_executions");
});

test("one incident comes back alone where it is asked for, and none where its project is gone", async () => {
  const { pool } = own.database;
  const { projectId, incidents } = await fillProject(pool, "alpha");
  await age();
  const old = incidents.find(({ key }) => key === "past");
  const file = await archive(5);
  expect(await restoreArchive(own.database, file, { incident: old?.id ?? "", progress })).toMatchObject({
    incidents: 1,
  });
  const { rows } = await pool.query("select id from incidents where restored_at is not null");
  expect(rows).toEqual([{ id: old?.id }]);
  await pool.query("delete from projects where id = $1", [projectId]);
  expect(await restoreArchive(own.database, file, { progress })).toMatchObject({ incidents: 0, rows: 0 });
});

test("a damaged archive restores nothing, and what is none is refused", async () => {
  await fillProject(own.database.pool, "alpha");
  await age();
  const file = await archive(5);
  const before = await everything();
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await expect(restoreArchive(own.database, file, { progress })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  expect(await everything()).toEqual(before);
  await expect(restoreArchive(own.database, join(folder, "other.ndjson.gz"), { progress })).rejects.toMatchObject({
    code: "INVALID_REQUEST",
  });
  expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
});
