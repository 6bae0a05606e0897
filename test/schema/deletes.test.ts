import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { countRows, ownTables } from "./count-rows.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { printed, statementsOf } from "./printed-statements.ts";
import { thenUndone } from "./within-schema.ts";

/** Two filled projects; each test deletes in a transaction that is undone. */
let own: TestDatabase;
let alpha: FilledProject;
let beta: FilledProject;
beforeAll(async () => {
  own = await createTestDatabase();
  await makeOldLogPartitions(own.database.pool);
  alpha = await fillProject(own.database.pool, "alpha");
  beta = await fillProject(own.database.pool, "beta");
});
afterAll(() => own.drop());
const undone = (work: (client: pg.PoolClient) => Promise<void>) => thenUndone(own.database.pool, work);

/** The tables whose rows belong to an incident, by their foreign keys. */
const CHILDREN = `
select distinct f.conrelid::regclass::text as name from pg_constraint f join pg_class c on c.oid = f.conrelid
where f.contype = 'f' and f.confrelid = 'incidents'::regclass and not c.relispartition order by 1`;

async function childrenOf(client: pg.PoolClient, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string }>(CHILDREN);
  const list = ids.map((id) => `'${id}'`).join(", ");
  return countRows(
    client,
    rows.map(({ name }) => name),
    () => `incident_id in (${list})`,
  );
}

const DELETES = [
  ["document 1's clean-up after 30 days", "autopsy", printed("1-autopsy", "Delete incidents older than 30 days"), 30],
  [
    "document 1's cron job after 90 days",
    "autopsy",
    statementsOf(printed("1-autopsy", "Create a cron job"))[0] ?? "",
    90,
  ],
  [
    "document 1's clean-up on the table itself",
    "public",
    printed("1-autopsy", "Delete incidents older than 30 days"),
    30,
  ],
  [
    "a delete through document 2's view",
    "triage",
    "DELETE FROM incidents WHERE created_at < NOW() - INTERVAL '9 days'",
    9,
  ],
  [
    "a delete through document 4's view",
    "diagnosis",
    "DELETE FROM incidents WHERE created_at < NOW() - INTERVAL '9 days'",
    9,
  ],
  [
    "a delete through document 5's view",
    "tracking",
    "DELETE FROM incidents WHERE occurred_at < NOW() - INTERVAL '9 days'",
    9,
  ],
] as const;

test.each(DELETES)("%s takes every child of its incidents and no other row", async (_name, schema, statement, days) => {
  await undone(async (client) => {
    const isOld = ({ hoursAgo }: { readonly hoursAgo: number }) => hoursAgo > days * 24;
    const old = [...alpha.incidents, ...beta.incidents].filter(isOld).map(({ id }) => id);
    const young = [...alpha.incidents, ...beta.incidents].filter((one) => !isOld(one)).map(({ id }) => id);
    const before = await childrenOf(client, old);
    for (const [table, count] of before)
      if (table !== "autopsy_results") expect(`${table}: ${count}`).toBe(`${table}: ${old.length}`);
    const kept = await childrenOf(client, young);

    await client.query(`set local search_path to ${schema}`);
    const { rowCount } = await client.query(statement);
    await client.query("set local search_path to public");

    expect(rowCount).toBe(old.length);
    expect([...(await childrenOf(client, old))].filter(([, count]) => count !== 0)).toEqual([]);
    expect(await childrenOf(client, young)).toEqual(kept);
    const { rows } = await client.query("select id from incidents order by id");
    expect(rows.map(({ id }) => id)).toEqual(young.toSorted());
  });
});

test("a project takes every row of its own with it, but what was done by whom and the ids of events, which end by age, and facts for engines, which end when these have them", async () => {
  await undone(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'project_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'projects' order by 1`,
    );
    const names = rows.map(({ name }) => name);
    const rowsOf = (projectId: string) => countRows(client, names, () => `project_id = '${projectId}'`);
    const [alphas, betas] = [await rowsOf(alpha.projectId), await rowsOf(beta.projectId)];
    expect([...alphas].filter(([, count]) => count === 0)).toEqual([]);
    await client.query("delete from projects where id = $1", [alpha.projectId]);
    const left = [...(await rowsOf(alpha.projectId))].filter(([, count]) => count > 0).map(([table]) => table);
    expect(left).toEqual(["audit_log", "event_ids", "outbox"]);
    expect(await rowsOf(beta.projectId)).toEqual(betas);
  });
});

test("a user with projects is not deleted before a new owner is named; then nothing of the project goes", async () => {
  await undone(async (client) => {
    await client.query("savepoint refused");
    await expect(client.query("delete from users where id = $1", [alpha.ownerId])).rejects.toMatchObject({
      code: "23001",
    });
    await client.query("rollback to refused");
    await client.query("update projects set owner_id = $2 where id = $1", [alpha.projectId, alpha.memberId]);
    const tables = (await ownTables(client)).filter(
      (name) => !["users", "user_identities", "login_links", "sessions"].includes(name),
    );
    const before = await countRows(client, tables);
    await client.query("delete from users where id = $1", [alpha.ownerId]);
    expect(await countRows(client, tables)).toEqual(before);
  });
});

test("document 3's clean-up takes ended executions of more than 90 days with their logs, and leaves what was sent", async () => {
  await undone(async (client) => {
    const count = async (query: string) =>
      (await client.query<{ n: number }>(`select count(*)::int as n from ${query}`)).rows[0]?.n;
    const sent = await count("deliveries where execution_id is not null");
    const { rowCount } = await client.query(printed("3-workflow-engine", "Automatic Cleanup: cleanup-old-executions"));
    // Of each project: two of its own workflow, and the incident of a hundred days.
    expect(rowCount).toBe(6);
    expect(await count("workflow_executions where completed_at < now() - interval '90 days'")).toBe(0);
    expect(await count("execution_logs where created_at < now() - interval '90 days'")).toBe(0);
    expect(await count("deliveries")).toBe(sent);
    expect(await count("deliveries where execution_id is null")).toBe(2);
  });
});

test("document 3's clean-up of logs says how many went, and leaves their executions", async () => {
  await undone(async (client) => {
    const { rows } = await client.query(printed("3-workflow-engine", "Automatic Cleanup: cleanup-old-logs"));
    // Of each project: two of its own workflow, and the incidents of forty and a hundred days.
    expect(rows).toEqual([{ cleanup_old_execution_logs: 8 }]);
    const again = await client.query("select cleanup_old_execution_logs()");
    expect(again.rows).toEqual([{ cleanup_old_execution_logs: 0 }]);
    const left = await client.query(
      "select count(*)::int as n, min(created_at) > now() - interval '30 days' as young from execution_logs",
    );
    expect(left.rows).toEqual([{ n: 30, young: true }]);
    expect((await client.query("select count(*)::int as n from workflow_executions")).rows).toEqual([{ n: 38 }]);
  });
});

test("deleting a workflow or an action leaves logs readable, and a child execution outlives its parent", async () => {
  await undone(async (client) => {
    await client.query(
      `update workflow_executions set parent_execution_id = (select id from workflow_executions where execution_id = 'exec_alpha_2')
     where execution_id = 'exec_alpha_3'`,
    );
    await client.query("delete from workflow_executions where execution_id = 'exec_alpha_2'");
    const { rows } = await client.query(
      "select parent_execution_id from workflow_executions where execution_id = 'exec_alpha_3'",
    );
    expect(rows).toEqual([{ parent_execution_id: null }]);
    const logs =
      "select count(*)::int as n, count(action_id)::int as actions from execution_logs where project_id = $1";
    expect((await client.query(logs, [alpha.projectId])).rows).toEqual([{ n: 18, actions: 8 }]);
    await client.query("delete from workflow_actions where project_id = $1", [alpha.projectId]);
    expect((await client.query(logs, [alpha.projectId])).rows).toEqual([{ n: 18, actions: 0 }]);
  });
});
