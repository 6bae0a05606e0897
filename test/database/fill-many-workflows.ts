import type pg from "pg";

/** The rare ones among many, which a query ought to find by an index. */
export interface ManyWorkflows {
  readonly workflowId: string;
}

/** Writes 20,000 workflows of a project, 100,000 executions and 100,000 log lines, and returns a workflow of usual size. */
export async function fillManyWorkflows(client: pg.ClientBase, projectId: string): Promise<ManyWorkflows> {
  await client.query("begin");
  await client.query("set local session_replication_role = replica");
  const { rows } = await client.query<{ id: string }>(
    `with made as (
      insert into workflows (id, project_id, name, config)
      select gen_random_uuid(), $1, 'workflow ' || n, case when n % 1000 = 0 then '{"enabled": true}' else '{"timeout": 300}' end::jsonb
      from generate_series(1, 20000) n returning id
    ), numbered as (
      select id, row_number() over () as n from made
    ), executed as (
      insert into workflow_executions (id, project_id, workflow_id, execution_id, status, started_at, completed_at, trigger_type)
      select gen_random_uuid(), $1, id, 'exec_' || gen_random_uuid(),
        case when k % 50 = 0 then 'running' else 'completed' end, now() - make_interval(mins => k::int), now(), 'event'
      from numbered, generate_series(1, 100) k where n <= 1000 returning id
    ), logged as (
      insert into execution_logs (project_id, execution_id, level, message)
      select $1, id, 'INFO', 'step finished' from executed
    )
    select id from numbered where n = 7`,
    [projectId],
  );
  await client.query("commit");
  await client.query("vacuum (analyze) workflows, workflow_executions, execution_logs");
  return { workflowId: rows[0]?.id ?? "" };
}
