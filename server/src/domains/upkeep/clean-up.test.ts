import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createProject } from "../access/index.ts";
import { cleanUpExecutions, cleanUpLogs, maintain, refreshAllViews } from "./clean-up.ts";

let bench: UpkeepBench;
let projectId: string;
beforeAll(async () => {
  bench = await openUpkeep();
});
afterAll(() => bench.close());
beforeEach(async () => {
  projectId = (await createProject(bench.own.database.db, { name: newId() })).id;
});

const query = async (text: string, values: readonly unknown[] = []) =>
  (await bench.own.database.pool.query(text, [...values])).rows;

/** An execution that ended so many days ago, with a log line of that day. */
async function execution(days: number, more: { status?: string; parent?: string } = {}): Promise<string> {
  const id = newId();
  await query(
    `insert into workflow_executions (id, project_id, workflow_id, execution_id, status, parent_execution_id, started_at, completed_at)
     select $1::uuid, $2, id, 'exec_' || $1::text, $3, $4, now() - make_interval(days => $5), now() - make_interval(days => $5) from workflows where project_id is null limit 1`,
    [id, projectId, more.status ?? "completed", more.parent ?? null, days],
  );
  return id;
}
const left = async () =>
  (await query("select id from workflow_executions where project_id = $1", [projectId])).map(({ id }) => id).toSorted();

test("executions of more than ninety days go, however they ended, and what did not end stays", async () => {
  const stays = [
    await execution(89),
    await execution(200, { status: "running" }),
    await execution(200, { status: "pending" }),
  ];
  for (const status of ["completed", "failed", "timeout", "cancelled"]) await execution(91, { status });
  expect((await cleanUpExecutions(bench.deps))?.details).toMatchObject({ rows: 4 });
  expect(await left()).toEqual(stays.toSorted());
});

test("an old parent goes and its young child stays, and no longer names it", async () => {
  const parent = await execution(200, { status: "failed" });
  const child = await execution(1, { parent });
  await cleanUpExecutions(bench.deps);
  expect(
    await query("select id, parent_execution_id from workflow_executions where project_id = $1", [projectId]),
  ).toEqual([{ id: child, parent_execution_id: null }]);
});

test("retention is what the settings say, and zero days keep everything", async () => {
  const id = await execution(3000);
  const keepAll = { ...bench.deps.settings.retention, incidentDays: 0, executionLogDays: 0 };
  const deps = { ...bench.deps, settings: { ...bench.deps.settings, retention: keepAll } };
  expect((await cleanUpExecutions(deps))?.details).toEqual({ rows: 0, partitions: [] });
  expect((await cleanUpLogs(deps))?.details).toEqual({ rows: 0, partitions: [] });
  expect(await left()).toEqual([id]);
});

test("old logs go: whole months as partitions, the rest of the month row by row", async () => {
  await query(
    "create table execution_logs_old partition of execution_logs for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00')",
  );
  const id = await execution(1);
  // A month that has old lines and young ones: today's, with lines that a retention of a day ago no longer keeps.
  for (const hours of [0, 47])
    await query(
      "insert into execution_logs (project_id, execution_id, level, message, created_at) values ($1, $2, 'INFO', $3, now() - make_interval(hours => $4))",
      [projectId, id, `${hours} hours`, hours],
    ).catch((error: unknown) => {
      // On the first days of a month the line of two days ago has no partition.
      if (!String(error).includes("no partition")) throw error;
    });
  const retention = { ...bench.deps.settings.retention, executionLogDays: 1 };
  const run = await cleanUpLogs({ ...bench.deps, settings: { ...bench.deps.settings, retention } });
  expect(run?.details.partitions).toContain("public.execution_logs_old");
  expect(await query("select message from execution_logs where project_id = $1", [projectId])).toEqual([
    { message: "0 hours" },
  ]);
});

test("views and maintenance are run and recorded", async () => {
  expect((await refreshAllViews(bench.deps))?.details.refreshed.length).toBeGreaterThan(1);
  expect((await maintain(bench.deps))?.details).toMatchObject({ removed: [{ table: "workflow_executions", rows: 1 }] });
  const rows = await query("select kind, status from upkeep_runs where kind in ('views', 'maintenance') order by kind");
  expect(rows).toEqual([
    { kind: "maintenance", status: "completed" },
    { kind: "views", status: "completed" },
  ]);
});
