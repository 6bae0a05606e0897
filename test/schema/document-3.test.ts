import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { printed } from "./printed-statements.ts";
import { thenUndone, withinSchema } from "./within-schema.ts";

/** Document 3's statements under `SET search_path TO public`: its names are the tables' own. */
let own: TestDatabase;
let alpha: FilledProject;
let beta: FilledProject;
beforeAll(async () => {
  own = await createTestDatabase();
  const { pool } = own.database;
  await makeOldLogPartitions(pool);
  alpha = await fillProject(pool, "alpha");
  beta = await fillProject(pool, "beta");
});
afterAll(() => own.drop());

type Row = Record<string, unknown>;
async function run(statement: string): Promise<Row[]> {
  return withinSchema(own.database.pool, "public", async (client) => (await client.query<Row>(statement)).rows);
}
const ask = (heading: string) => run(printed("3-workflow-engine", heading));
const executionIds = (rows: readonly Row[]) => rows.map((row) => row.execution_id).toSorted();

test("the executions of a workflow in a status are found, with an id in place of the printed 'xxx', which is no UUID", async () => {
  const statement = printed("3-workflow-engine", "Always use indexes for filtering: good");
  await expect(run(statement)).rejects.toMatchObject({ code: "22P02" });
  expect(executionIds(await run(statement.replace("xxx", alpha.workflowId)))).toEqual(["exec_alpha_1"]);
});

test("the query that the document calls bad gives the same answer for all workflows", async () => {
  expect(executionIds(await ask("Always use indexes for filtering: bad"))).toEqual(["exec_alpha_1", "exec_beta_1"]);
});

test("a workflow is found by its configuration, by the good operator and by the bad one", async () => {
  for (const heading of ["Use appropriate JSONB operators: good", "Use appropriate JSONB operators: bad"]) {
    const rows = await ask(heading);
    expect(rows.map(({ id }) => id).toSorted()).toEqual([alpha.workflowId, beta.workflowId].toSorted());
    expect(rows[0]).toMatchObject({ name: "deploy-check", config: { enabled: true, timeout: 300 } });
  }
});

test("the newest logs come first, at most a hundred", async () => {
  const rows = await ask("Limit result sets");
  expect(rows).toHaveLength(38);
  const times = rows.map((row) => (row.created_at as Date).getTime());
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test("the running executions say for how long they have run, the oldest first", async () => {
  const rows = await ask("Active Executions");
  expect(rows.map((row) => row.execution_id)).toEqual(["exec_alpha_1", "exec_beta_1"]);
  expect(rows[0]).toMatchObject({ name: "deploy-check", status: "running", running_time: { minutes: 30 } });
});

test("the failures of a day are counted by workflow, with what went wrong", async () => {
  expect(await ask("Failed Executions (Last 24h)")).toEqual([
    { name: "deploy-check", failure_count: 4, error_messages: ["bang", "boom"] },
  ]);
});

test("recent_workflow_activity and workflow_performance_stats answer as the printed definitions do, and as counted by hand", async () => {
  for (const name of ["recent_workflow_activity", "workflow_performance_stats"]) {
    await thenUndone(own.database.pool, async (client) => {
      const { rows: ours } = await client.query<Row>(`select * from ${name}`);
      await client.query("create schema printed; set local search_path to printed, public");
      await client.query(printed("3-workflow-engine", name));
      const { rows: theirs } = await client.query<Row>(`select * from printed.${name}`);
      const columns = `select attname, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass order by attnum`;
      expect((await client.query(columns, [`public.${name}`])).rows).toEqual(
        (await client.query(columns, [`printed.${name}`])).rows,
      );
      const sorted = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).toSorted();
      expect(sorted(ours)).toEqual(sorted(theirs));
      expect(ours).toHaveLength(name === "recent_workflow_activity" ? 22 : 3);
    });
  }
  const stats = await run(`select * from workflow_performance_stats where workflow_id = '${alpha.workflowId}'`);
  expect(stats).toMatchObject([
    {
      workflow_name: "deploy-check",
      total_executions: 7,
      successful_executions: 1,
      failed_executions: 2,
      avg_duration_seconds: 85,
    },
  ]);
  const [latest] = await run("select * from recent_workflow_activity where execution_id = 'exec_alpha_2'");
  expect(latest).toMatchObject({
    workflow_name: "deploy-check",
    status: "completed",
    duration_seconds: 60,
    retry_count: 0,
  });
});

test("the functions that the document prints run over ours and do the same", async () => {
  await thenUndone(own.database.pool, async (client) => {
    await client.query(printed("3-workflow-engine", "cleanup_old_execution_logs()"));
    await client.query(printed("3-workflow-engine", "update_updated_at_column()"));
    const { rows } = await client.query("select cleanup_old_execution_logs(30)");
    expect(rows).toEqual([{ cleanup_old_execution_logs: 8 }]);
    await client.query("update workflows set updated_at = '2001-01-01', description = 'd'");
    const { rows: stale } = await client.query("select 1 from workflows where updated_at <> now()");
    expect(stale).toEqual([]);
  });
});

test("row-level security of integrations stands already: switching it on changes nothing, and the policy's name is taken", async () => {
  const [enable = "", create = ""] = printed("3-workflow-engine", "Row-Level Security (RLS)")
    .split(";")
    .map((statement) => statement.trim());
  await thenUndone(own.database.pool, async (client) => {
    await client.query(enable);
    await client.query("savepoint before_policy");
    await expect(client.query(create)).rejects.toMatchObject({ code: "42710" });
    await client.query("rollback to before_policy");
  });
  expect(
    await run(
      "select polname, pg_get_expr(polqual, polrelid) ~ 'visible_projects' as by_membership from pg_policy where polname = 'integration_access_policy'",
    ),
  ).toEqual([{ polname: "integration_access_policy", by_membership: true }]);
});
