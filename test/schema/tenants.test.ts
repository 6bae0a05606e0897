import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { countRows, ownTables } from "./count-rows.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { insertRows } from "./insert-rows.ts";

/** Two filled projects, with the same number of rows each; and roles that look at them. */
let own: TestDatabase;
let pool: pg.Pool;
let alpha: FilledProject;
let beta: FilledProject;
let tables: string[];
let relations: string[];
/** How many rows each table and view has in all, for the owner of the tables. */
let all: ReadonlyMap<string, number>;
beforeAll(async () => {
  own = await createTestDatabase();
  pool = own.database.pool;
  await makeOldLogPartitions(pool);
  alpha = await fillProject(pool, "alpha");
  beta = await fillProject(pool, "beta");
  await pool.query("refresh materialized view workflow_daily_totals; refresh materialized view incident_daily_totals");
  tables = await ownTables(pool);
  const { rows } = await pool.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'autopsy', 'triage', 'diagnosis', 'tracking') and c.relkind in ('r', 'p', 'v', 'm')
     and c.relname <> 'schema_migrations' order by 1`,
  );
  relations = rows.map(({ name }) => name);
  all = await countRows(pool, relations);
});
afterAll(() => own.drop());

type Tenant = { readonly userId?: string; readonly projectId?: string };

/** Runs `work` on a connection of its own as culprit_tenant for that user and project. */
async function asTenant<T>({ userId, projectId }: Tenant, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("set role culprit_tenant");
    if (userId !== undefined) await client.query(`set culprit.user_id = '${userId}'`);
    if (projectId !== undefined) await client.query(`set culprit.project_id = '${projectId}'`);
    return await work(client);
  } finally {
    client.release(true);
  }
}

const seenBy = (tenant: Tenant, where?: (name: string) => string) =>
  asTenant(tenant, (client) => countRows(client, relations, where));
/** What is built in belongs to nobody, and everybody may read of it that it is there. */
const notEmpty = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].filter(([name, count]) => count > (name === "workflows" ? 1 : 0)));

/** Tables of the engine alone. Partitions and materialised views are closed to tenants as well: no policy holds there. */
const CLOSED = [
  "auth_failures",
  "embedding_models",
  "event_ids",
  "github_apps",
  "incident_traces",
  "login_links",
  "outbox",
  "outbox_positions",
  "sentinel_leases",
  "sessions",
  "upkeep_runs",
  "user_identities",
];

test("a tenant nobody knows, and one that names nobody, see no row of any table, view, materialised view or partition", async () => {
  for (const tenant of [
    {},
    { userId: newId() },
    { projectId: newId() },
    { userId: newId(), projectId: alpha.projectId },
  ]) {
    const counts = await seenBy(tenant);
    expect(notEmpty(counts)).toEqual({});
    const refused = [...counts].filter(([, count]) => count === -1).map(([name]) => name);
    expect(refused.filter((name) => !/_\d{6,8}$|_daily_totals$/.test(name))).toEqual(CLOSED);
  }
});

test("a new user sees itself alone, and with a new project that project alone", async () => {
  const [userId, projectId] = [newId(), newId()];
  await insertRows(pool, "users", [{ id: userId, github_login: "new" }]);
  expect(notEmpty(await seenBy({ userId }))).toEqual({ users: 1, "tracking.users": 1 });
  const project = { id: projectId, project_id: "proj_new", owner_id: userId, name: "new", ingest_api_key: "key_new" };
  await asTenant({ userId }, (client) => insertRows(client, "projects", [project]));
  const both = { users: 1, "tracking.users": 1, projects: 1, "tracking.projects": 1 };
  expect(notEmpty(await seenBy({ userId }))).toEqual(both);
  expect(notEmpty(await seenBy({ projectId }))).toEqual(both);
  await pool.query("delete from projects where id = $1", [projectId]);
  await pool.query("delete from users where id = $1", [userId]);
});

test("owner, member and key see every row of their project and none of the other", async () => {
  // The one workflow that both projects run lies in neither.
  const shared: Record<string, number> = { workflows: 1, workflow_performance_stats: 1 };
  const tenants: Record<string, Tenant> = {
    owner: { userId: alpha.ownerId },
    member: { userId: alpha.memberId },
    key: { projectId: alpha.projectId },
    "owner of one project": { userId: alpha.ownerId, projectId: alpha.projectId },
  };
  for (const [name, tenant] of Object.entries(tenants)) {
    const seen = await seenBy(tenant);
    for (const [relation, count] of seen) {
      if (count === -1) continue;
      const common = shared[relation] ?? 0;
      const half = ((all.get(relation) ?? 0) - common) / 2 + common;
      expect(`${name} ${relation} ${count}`).toBe(`${name} ${relation} ${half}`);
    }
  }
  const { rows } = await asTenant({ projectId: alpha.projectId }, (client) =>
    client.query("select array_agg(distinct project_id) as projects from incidents"),
  );
  expect(rows).toEqual([{ projects: [alpha.projectId] }]);
});

test("a user is no more than its project when a key of another one speaks, and a deleted project is gone at once", async () => {
  expect(notEmpty(await seenBy({ userId: alpha.ownerId, projectId: beta.projectId }))).toEqual({
    users: 1,
    "tracking.users": 1,
  });
  await pool.query("update projects set deleted_at = now() where id = $1", [beta.projectId]);
  try {
    expect(notEmpty(await seenBy({ projectId: beta.projectId }))).toEqual({});
    expect(notEmpty(await seenBy({ userId: beta.ownerId }))).toEqual({ users: 1, "tracking.users": 1 });
  } finally {
    await pool.query("update projects set deleted_at = null where id = $1", [beta.projectId]);
  }
});

/** A row of the table that belongs to the project, as JSON. */
async function rowOf(table: string, project: FilledProject): Promise<Readonly<Record<string, unknown>>> {
  const sha = `(select commit_sha from repository_commits where project_id = '${project.projectId}')`;
  const where: Record<string, string> = {
    ...{ projects: `id = '${project.projectId}'`, users: `id = '${project.ownerId}'` },
    ...{ commits: `commit_sha = ${sha}`, commit_files: `commit_sha = ${sha}`, outbox_positions: "true" },
    ...{ embedding_models: "true", sentinel_leases: "true" },
    ...{ login_links: `user_id = '${project.ownerId}'`, sessions: `user_id = '${project.ownerId}'` },
    ...{ user_identities: `user_id = '${project.ownerId}'`, upkeep_runs: "true" },
    ...{ github_apps: `host = '${project.label}.example.com'`, auth_failures: `subject = '${project.label}'` },
  };
  const { rows } = await pool.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) as row from ${table} t where ${where[table] ?? `project_id = '${project.projectId}'`} limit 1`,
  );
  return rows[0]?.row ?? {};
}

test("a tenant inserts no row of another project, into any table", async () => {
  const codes = new Map<string, unknown>();
  await asTenant({ userId: alpha.ownerId }, async (client) => {
    for (const table of tables) {
      const row = JSON.stringify(await rowOf(table, beta));
      const insert = `insert into ${table} overriding system value select * from jsonb_populate_record(null::${table}, $1::jsonb)`;
      codes.set(
        table,
        await client.query(insert, [row]).then(
          () => "inserted",
          ({ code }) => code,
        ),
      );
    }
  });
  expect(Object.fromEntries([...codes].filter(([, code]) => code !== "42501"))).toEqual({});
});

test("a tenant's row refers to no row of another project, by any foreign key", async () => {
  const { rows: references } = await pool.query<{ child: string; column: string; parent: string; key: string }>(
    `select f.conrelid::regclass::text as child, a.attname as column, f.confrelid::regclass::text as parent, k.attname as key
     from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
     join pg_attribute k on k.attrelid = f.confrelid and k.attnum = f.confkey[1]
     where f.contype = 'f' and f.conparentid = 0 and cardinality(f.conkey) = 1 and f.conrelid <> f.confrelid and f.confrelid <> 'projects'::regclass
     and has_table_privilege('culprit_tenant', f.conrelid, 'insert')
     and exists (select 1 from pg_attribute p where p.attrelid = f.confrelid and p.attname = 'project_id' and not p.attisdropped)`,
  );
  expect(references.length).toBeGreaterThan(30);
  const insert = (table: string) =>
    `insert into ${table} overriding system value select * from jsonb_populate_record(null::${table}, $1::jsonb)`;
  await asTenant({ userId: alpha.ownerId }, async (client) => {
    for (const { child, column, parent, key } of references) {
      const mine = { ...(await rowOf(child, alpha)), evidence_ids: [] };
      const theirs = (await rowOf(parent, beta))[key];
      const tried = async (row: object) =>
        client.query(insert(child), [JSON.stringify(row)]).then(
          () => "inserted",
          ({ code }) => code,
        );
      expect(`${child}.${column} ${await tried({ ...mine, [column]: theirs })}`).toBe(`${child}.${column} 42501`);
      await client.query("begin");
      expect(await tried(mine), child).not.toBe("42501");
      await client.query("rollback");
    }
  });
});

test("a tenant updates and deletes its own rows only, and gives none of them to another project", async () => {
  const { rows } = await pool.query<{ name: string }>(
    "select attrelid::regclass::text as name from pg_attribute where attname = 'project_id' and not attisdropped",
  );
  const tablesOfTenants = new Set(rows.map(({ name }) => name));
  for (const table of tables.filter((name) => tablesOfTenants.has(name) && name !== "projects")) {
    const mine = await countRows(pool, [table], () => `project_id = '${alpha.projectId}'`);
    for (const statement of [`update ${table} set project_id = project_id`, `delete from ${table}`]) {
      const result = await tryAndUndo({ userId: alpha.ownerId }, statement);
      if (result !== "42501") expect(`${statement}: ${result}`).toBe(`${statement}: ${mine.get(table)}`);
    }
    expect(await tryAndUndo({ userId: alpha.ownerId }, `update ${table} set project_id = '${beta.projectId}'`)).toBe(
      "42501",
    );
  }
  for (const table of ["users", "commits", "commit_files"])
    for (const statement of [
      `delete from ${table}`,
      `update ${table} set ${table === "users" ? "avatar_url" : "commit_sha"} = ''`,
    ])
      expect(await tryAndUndo({ userId: alpha.ownerId }, statement)).toBe("42501");
  expect(await tryAndUndo({ userId: alpha.ownerId }, "delete from projects")).toBe(1);
  expect(await tryAndUndo({ userId: alpha.ownerId }, "update projects set deleted_at = now()")).toBe(1);
  expect(await tryAndUndo({ userId: alpha.ownerId }, "delete from tracking.incidents")).toBe(10);
});

/** How many rows the statement touched, or the code of its refusal; nothing stays. */
async function tryAndUndo(tenant: Tenant, statement: string): Promise<number | string | null> {
  return asTenant(tenant, async (client) => {
    await client.query("begin");
    return client.query(statement).then(
      ({ rowCount }) => rowCount,
      ({ code }) => code,
    );
  });
}

test("the owner of the tables and the engine see all rows, and the engine writes where tenants may not", async () => {
  const client = await pool.connect();
  try {
    await client.query("set role culprit_engine");
    const seen = await countRows(client, [...tables, ...relations.filter((name) => name.includes("."))]);
    for (const [name, count] of seen) expect(`${name} ${count}`).toBe(`${name} ${all.get(name)}`);
    await client.query("begin");
    await client.query("delete from outbox");
    await client.query("update event_ids set received_at = now()");
  } finally {
    client.release(true);
  }
});
