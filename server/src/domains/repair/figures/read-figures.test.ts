import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "../../../../../test/schema/fill-every-table.ts";
import { printed } from "../../../../../test/schema/printed-statements.ts";
import { withinSchema } from "../../../../../test/schema/within-schema.ts";
import { readFigures } from "./read-figures.ts";

let own: TestDatabase;
let alpha: FilledProject;
beforeAll(async () => {
  own = await createTestDatabase();
  await makeOldLogPartitions(own.database.pool);
  alpha = await fillProject(own.database.pool, "alpha");
});
afterAll(() => own.drop());

const read = (projectId = alpha.projectId, days = 30) =>
  readFigures(own.database.db, { projectId, days, now: new Date() });
const ask = (heading: string) =>
  withinSchema(
    own.database.pool,
    "autopsy",
    async (client) => (await client.query(printed("1-autopsy", heading))).rows,
  );

test("the rates are those that document 1's queries give, and the counts those of its other queries", async () => {
  const figures = await read();
  const [analysis] = await ask("Get autopsy success rate");
  expect(figures.rates.analysis).toEqual({
    count: Number(analysis.analyzed_incidents),
    of: Number(analysis.total_incidents),
    percent: Number(analysis.success_rate),
  });
  const [patches] = await ask("Get patch application success rate");
  expect(figures.rates.patch_application).toEqual({
    count: Number(patches.successful_patches),
    of: Number(patches.total_prs),
    percent: Number(patches.success_rate),
  });
  const types = await ask("Get recent incidents by type");
  expect(figures.by_type_last_day).toEqual(
    Object.fromEntries(types.map(({ error_type, count }) => [error_type, Number(count)])),
  );
  expect(figures.without_pull_request_last_week).toBe((await ask("Get incidents without PRs")).length);
});

test("every status counts under document 1's word for it, and the days add up to the whole", async () => {
  const figures = await read();
  expect(figures).toMatchObject({
    ...{ incidents: 8, answered: 3, patches: 2, applied: 1 },
    by_status: { detected: 2, analyzing: 4, pr_created: 1, resolved: 1 },
    by_type: { exception: 3, http_error: 1, crash: 2, latency: 1 },
  });
  for (const name of ["incidents", "answered", "patches", "applied", "proven", "resolved"] as const)
    expect(figures.by_day.reduce((sum, day) => sum + day[name], 0)).toBe(figures[name]);
  expect(figures.by_day.map(({ day }) => day)).toEqual(figures.by_day.map(({ day }) => day).toSorted());
});

test("a project without incidents has rates of nothing, not of zero", async () => {
  const figures = await read(alpha.memberId);
  expect(figures).toMatchObject({ incidents: 0, by_day: [], by_type: {} });
  expect(Object.values(figures.rates)).toEqual(Array.from({ length: 6 }, () => ({ count: 0, of: 0, percent: null })));
  expect(figures.steps.every(({ incidents, median_s }) => incidents === 0 && median_s === null)).toBe(true);
});

test("a fault of Culprit itself, such as an integration that does not work, counts for no project", async () => {
  const gamma = await fillProject(own.database.pool, "gamma");
  expect((await read(gamma.projectId)).incidents).toBe(8);
  await own.database.pool.query("update incidents set environment = 'culprit-itself' where id = $1", [
    gamma.incidents[0]?.id,
  ]);
  const { incidents, by_day: days } = await read(gamma.projectId);
  expect([incidents, days.reduce((sum, day) => sum + day.incidents, 0)]).toEqual([7, 7]);
});

test("the time of a step is from the first signal to the first time it was reached, median and 95th percentile", async () => {
  const { pool } = own.database;
  const beta = await fillProject(pool, "beta");
  const ids = beta.incidents.slice(0, 3).map(({ id }) => id);
  await pool.query("delete from autopsy_runs where project_id = $1", [beta.projectId]);
  await pool.query(
    `update incident_counters c set first_seen_at = i.created_at - interval '1 second' from incidents i
     where i.id = c.incident_id and i.project_id = $1`,
    [beta.projectId],
  );
  // Proven 9 s, 19 s and 29 s after they were opened, the first one again later.
  for (const [at, id] of [...ids, ids[0]].entries())
    await pool.query(
      `insert into autopsy_runs (id, project_id, incident_id, revision, proposer, proof, proof_reason, duration_ms, created_at)
       select gen_random_uuid(), $1, id, $3, 'revert', 'green', 'it passes', 1, created_at + make_interval(secs => $4) from incidents where id = $2`,
      [beta.projectId, id, at + 1, at * 10 + 9],
    );
  const { steps, proven } = await read(beta.projectId);
  expect(proven).toBe(3);
  expect(steps.find(({ step }) => step === "proven")).toEqual({
    step: "proven",
    incidents: 3,
    median_s: 20,
    p95_s: 29,
  });
});

test("the figures of thirty days among many incidents are read by indexes of the project, not by reading all", async () => {
  const { rows } = await own.database.pool.query(
    `select indexname from pg_indexes where schemaname = 'public' and indexdef ~ '\\(project_id, created_at DESC' and tablename = any($1) order by 1`,
    [["incidents", "autopsy_results", "autopsy_runs", "incident_reports"]],
  );
  expect(rows.map(({ indexname }) => indexname)).toEqual(
    expect.arrayContaining([
      "idx_autopsy_results_project_created",
      "idx_autopsy_runs_project_created",
      "idx_incident_reports_project_created",
    ]),
  );
});
