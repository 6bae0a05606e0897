import { incidentStatusSchema, type StatusFilter } from "@culprit/contract";
import { Kysely, PostgresDialect } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProjects } from "../../server/src/domains/access/index.ts";
import { listIncidents } from "../../server/src/domains/incident/index.ts";
import { readFigures } from "../../server/src/domains/repair/index.ts";
import { rolePool } from "../../server/src/platform/db/role-pool.ts";
import type { DB } from "../../server/src/platform/db/tables.generated.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { fillManyIncidents, type ManyProject } from "../database/fill-many-incidents.ts";
import { fillManyWorkflows, type ManyWorkflows } from "../database/fill-many-workflows.ts";

/**
 * How PostgreSQL answers the lists and the documents' queries beside a million incidents, under row-level security. What
 * counts is the plan: a plan that reads what it shows is fast everywhere, a time is that of one machine.
 */

const { database, drop } = await createTestDatabase();
afterAll(drop);

let large: ManyProject;
let small: ManyProject;
let workflows: ManyWorkflows;
beforeAll(async () => {
  const client = await database.pool.connect();
  try {
    const [first, second] = await fillManyIncidents(client, { incidents: 1_000_000, projects: 20 });
    if (first === undefined || second === undefined) throw new Error("no project was made");
    [large, small] = [first, second];
    workflows = await fillManyWorkflows(client, large.projectId);
    await client.query(
      `with rare as (insert into services (service_id, project_id, namespace, service_name) values (gen_random_uuid(), $1, 'production', 'rare') returning service_id)
       update incidents i set service_id = rare.service_id from rare
       where id in (select id from incidents where project_id = $1 order by created_at limit 40)`,
      [large.projectId],
    );
  } finally {
    client.release();
  }
}, 300_000);

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly Alias?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Heap Fetches"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
/** The nodes that read a table, with the index they read it by: a bitmap's is named below the node that names the table. */
const scansOf = (plan: Plan, table: string) =>
  nodesOf(plan)
    .filter((node) => node["Relation Name"] === table)
    .flatMap((node) => [node, ...nodesOf(node).filter((below) => below["Node Type"] === "Bitmap Index Scan")]);
/** The scans that list incidents, and those that look up what one is a part of. */
const listedOf = (plan: Plan) => {
  const { part = [], own = [] } = Object.groupBy(scansOf(plan, "incidents"), ({ Alias }) =>
    Alias === "o" ? "part" : "own",
  );
  return [own, part] as const;
};
const sortsOf = (plan: Plan) => nodesOf(plan).filter((node) => node["Node Type"].includes("Sort"));

/** The plan of a statement as it ran for a tenant, with the words of a document's schema. */
async function explain(
  tenant: ManyProject,
  statement: string,
  { values = [], schema = "public" }: { values?: readonly unknown[]; schema?: string } = {},
): Promise<Plan> {
  const client = await database.pool.connect();
  try {
    await client.query(`begin; set local role culprit_tenant; set local culprit.user_id = '${tenant.ownerId}';
      set local search_path = ${schema}`);
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `explain (analyze, format json, timing off) ${statement}`,
      [...values],
    );
    const plan = rows[0]?.["QUERY PLAN"][0].Plan;
    if (plan === undefined) throw new Error("there is no plan");
    return plan;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** The one statement that a verb sends, as `explain` takes it. */
async function statementOf(tenant: ManyProject, verb: (db: Kysely<DB>) => Promise<unknown>) {
  const sent: { sql: string; parameters: readonly unknown[] }[] = [];
  const opening = `set local role culprit_tenant; set local culprit.user_id = '${tenant.ownerId}'`;
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: rolePool(database.pool, opening) }),
    log: ({ query }) => void sent.push(query),
  });
  await verb(db);
  expect(sent).toHaveLength(1);
  return { statement: sent[0]?.sql ?? "", values: sent[0]?.parameters ?? [] };
}

const statuses: (StatusFilter | undefined)[] = [undefined, ...incidentStatusSchema.options, "unresolved"];

describe("the list of incidents", () => {
  test.each(statuses)(
    "of a project with status %s is one index scan without a sort, page after page",
    async (status) => {
      const filter = { projectId: large.projectId, status, limit: 50 };
      const page = await listIncidents(database.asTenant({ userId: large.ownerId, projectId: null }).db, filter);
      for (const cursor of [undefined, page.next_cursor ?? undefined]) {
        const { statement, values } = await statementOf(large, (db) => listIncidents(db, { ...filter, cursor }));
        const plan = await explain(large, statement, { values });
        // What an incident is a part of is looked up by its key.
        const [scans, parts] = listedOf(plan);
        expect(parts.every((part) => part["Index Name"] === "idx_incidents_incident_id")).toBe(true);
        expect(scans).toHaveLength(1);
        expect(scans[0]).toMatchObject({ "Node Type": "Index Scan", "Rows Removed by Filter": 0 });
        expect(scans[0]?.["Actual Rows"]).toBeLessThanOrEqual(51);
        // What is joined to the page is sorted as it was; nothing beyond the page is.
        expect(sortsOf(plan).every((sort) => (sort["Actual Rows"] ?? 0) <= 51)).toBe(true);
      }
    },
  );

  test("of all projects that a person sees reads a page of each and no row of anybody else", async () => {
    const { statement, values } = await statementOf(small, (db) => listIncidents(db, { projectId: null, limit: 50 }));
    const plan = await explain(small, statement, { values });
    const [[scan, ...others], parts] = listedOf(plan);
    expect(others).toEqual([]);
    expect(parts.every((part) => part["Index Name"] === "idx_incidents_incident_id")).toBe(true);
    expect(scan).toMatchObject({ "Node Type": "Index Scan", "Index Name": "idx_incidents_project_id" });
    expect(scan?.["Actual Rows"]).toBeLessThanOrEqual(51);
  });
});

test.each(["shop", "rare"])(
  "the incidents of the service %s, one of a busy and one of a rare, are read a page at a time in the order of its index",
  async (service) => {
    const filter = { projectId: large.projectId, service, limit: 50 };
    const page = await listIncidents(database.asTenant({ userId: large.ownerId, projectId: null }).db, filter);
    expect(page.incidents).toHaveLength(service === "shop" ? 50 : 40);
    const { statement, values } = await statementOf(large, (db) => listIncidents(db, filter));
    const plan = await explain(large, statement, { values });
    const [scans] = listedOf(plan);
    expect(scans).toMatchObject([{ "Node Type": "Index Scan", "Index Name": "idx_incidents_service_id" }]);
    expect(scans[0]?.["Rows Removed by Filter"]).toBe(0);
    expect(sortsOf(plan).every((sort) => (sort["Actual Rows"] ?? 0) <= 51)).toBe(true);
  },
);

test("the list of projects does not count a million incidents", async () => {
  const { statement, values } = await statementOf(large, listProjects);
  const plan = await explain(large, statement, { values });
  for (const scan of scansOf(plan, "incidents")) expect(scan["Actual Rows"]).toBeLessThanOrEqual(1000);
});

test("the figures of a project read its own incidents by the index, and no whole table", async () => {
  const figures = { days: 365, now: new Date() };
  const { statement, values } = await statementOf(small, (db) =>
    readFigures(db, { ...figures, projectId: small.projectId }),
  );
  const plan = await explain(small, statement, { values });
  const [incidents] = scansOf(plan, "incidents");
  expect(incidents?.["Actual Rows"]).toBeGreaterThan(0);
  for (const table of ["incidents", "incident_counters"]) {
    expect(scansOf(plan, table).map((node) => node["Node Type"])).not.toContain("Seq Scan");
    for (const scan of scansOf(plan, table)) expect(scan["Rows Removed by Filter"] ?? 0).toBe(0);
  }
});

test("the figures of a project with 175,000 incidents in thirty days read these alone, once, their counters from an index, and go over them without a sort", async () => {
  const figures = { days: 30, now: new Date() };
  const { statement, values } = await statementOf(large, (db) =>
    readFigures(db, { ...figures, projectId: large.projectId }),
  );
  const plan = await explain(large, statement, { values });
  const ran = (table: string) =>
    nodesOf(plan).filter((node) => node["Relation Name"] === table && node["Actual Loops"] !== 0);
  const [incidents, ...again] = ran("incidents");
  expect(again).toEqual([]);
  expect(incidents).toMatchObject({ "Rows Removed by Filter": 0 });
  expect(incidents?.["Actual Rows"]).toBeGreaterThan(170_000);
  expect(incidents?.["Actual Rows"]).toBeLessThan(180_000);
  expect(ran("incident_counters")).toMatchObject([
    { "Node Type": "Index Only Scan", "Index Name": "idx_incident_counters_project_id", "Heap Fetches": 0 },
  ]);
  // What is sorted are the groups, which are few.
  expect(sortsOf(plan).every((sort) => (sort["Actual Rows"] ?? 0) <= 1000)).toBe(true);
});

describe("document 5", () => {
  const main = (projectId: string) => `SELECT * FROM incidents WHERE project_id = '${projectId}' AND status = 'open'`;

  test("its main query is one scan of the index on project and status", async () => {
    const plan = await explain(small, main(small.projectId), { schema: "tracking" });
    expect(scansOf(plan, "incidents")).toMatchObject([
      { "Node Type": "Index Scan", "Index Name": "idx_incidents_tracking_status" },
    ]);
    expect(sortsOf(plan)).toEqual([]);
  });

  test("its main query, newest first and a page at a time, needs no sort in the largest project either", async () => {
    const statement = `${main(large.projectId)} ORDER BY created_at DESC LIMIT 50`;
    const plan = await explain(large, statement, { schema: "tracking" });
    expect(scansOf(plan, "incidents")).toMatchObject([
      { "Index Name": "idx_incidents_tracking_status", "Actual Rows": 50 },
    ]);
    expect(sortsOf(plan)).toEqual([]);
  });
});

describe("document 3, the queries that it calls good", () => {
  test("a workflow's running executions come by the composite index, or by that of unfinished ones", async () => {
    const statement = `SELECT * FROM workflow_executions WHERE workflow_id = '${workflows.workflowId}' AND status = 'running'`;
    const scans = scansOf(await explain(large, statement), "workflow_executions");
    // The second one holds what is not finished, and that is little.
    const names = scans.map((scan) => scan["Index Name"]);
    expect(["idx_workflow_executions_composite", "idx_workflow_executions_unfinished"]).toEqual(
      expect.arrayContaining(names),
    );
    expect(names).not.toEqual([]);
  });

  test("workflows by their configuration come by the GIN index", async () => {
    const statement = `SELECT * FROM workflows WHERE config @> '{"enabled": true}'`;
    const scans = scansOf(await explain(large, statement), "workflows");
    expect(scans.map((scan) => scan["Index Name"] ?? null)).toContain("idx_workflows_config");
  });

  test("the newest log lines come in order from the index on their time, without a sort", async () => {
    const plan = await explain(large, "SELECT * FROM execution_logs ORDER BY created_at DESC LIMIT 100");
    expect(sortsOf(plan)).toEqual([]);
    expect(nodesOf(plan).some((node) => node["Node Type"] === "Seq Scan")).toBe(false);
  });
});

describe("documents 1 and 2", () => {
  test("an incident by its public id and the newest incidents come by an index", async () => {
    const { rows } = await database.pool.query<{ id: string }>(
      "select incident_id as id from incidents where project_id = $1 limit 1",
      [large.projectId],
    );
    const one = `SELECT i.*, a.root_cause FROM incidents i LEFT JOIN autopsy_results a ON i.id = a.incident_id WHERE i.id = '${rows[0]?.id}'`;
    const scans = scansOf(await explain(large, one, { schema: "autopsy" }), "incidents");
    expect(scans.every((scan) => scan["Index Name"] === "idx_incidents_incident_id")).toBe(true);
    const newest = await explain(large, "SELECT * FROM incidents ORDER BY created_at DESC LIMIT 100", {
      schema: "autopsy",
    });
    expect(scansOf(newest, "incidents")).toMatchObject([{ "Index Name": "idx_incidents_autopsy_created_at" }]);
    expect(sortsOf(newest)).toEqual([]);
  });

  test("what waits longest comes first by the index on document 2's status", async () => {
    const statement = "SELECT * FROM incidents WHERE status = 'pending' ORDER BY created_at LIMIT 10";
    const plan = await explain(large, statement, { schema: "triage" });
    expect(scansOf(plan, "incidents")).toMatchObject([{ "Index Name": "idx_incidents_triage_status" }]);
    expect(sortsOf(plan)).toEqual([]);
  });
});
