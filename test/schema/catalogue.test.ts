import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { CATALOGUE_RULES } from "./catalogue-rules.ts";
import { countRows, ownTables } from "./count-rows.ts";
import { fillProject, makeOldLogPartitions } from "./fill-every-table.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

async function breaches(): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, query] of Object.entries(CATALOGUE_RULES)) {
    const { rows } = await own.database.pool.query<{ name: string }>(query);
    found.push(...rows.map(({ name }) => `${name}: ${rule}`));
  }
  return found;
}

test("no table, view, partition or foreign key breaks a rule of the catalogue", async () => {
  expect(await breaches()).toEqual([]);
});

test("each rule of the catalogue finds what breaks it", async () => {
  const client = await own.database.pool.connect();
  await client.query(`
    begin;
    create table bad (id uuid primary key, project_id uuid references projects, incident_id uuid references incidents on delete set null, updated_at timestamptz);
    grant select on bad to culprit_tenant;
    create view bad_view as select * from bad;
    create materialized view bad_totals as select count(*) from bad;
    grant select on bad_totals to culprit_tenant`);
  const found: string[] = [];
  for (const query of Object.values(CATALOGUE_RULES)) {
    const { rows } = await client.query<{ name: string }>(query);
    found.push(
      rows
        .map(({ name }) => name)
        .sort()
        .join(" "),
    );
  }
  await client.query("rollback");
  client.release();
  expect(found).toEqual([
    "bad",
    "bad",
    "bad_view",
    "bad_totals",
    "bad",
    "bad.bad_incident_id_fkey bad.bad_project_id_fkey",
    "bad.bad_incident_id_fkey bad.bad_project_id_fkey",
  ]);
});

test("the fixture of these tests fills every table", async () => {
  const { pool } = own.database;
  await makeOldLogPartitions(pool);
  await fillProject(pool, "full");
  const counts = await countRows(pool, await ownTables(pool));
  expect([...counts].filter(([, count]) => count === 0)).toEqual([]);
});
