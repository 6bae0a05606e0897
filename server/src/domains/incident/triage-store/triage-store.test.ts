import { randomUUID } from "node:crypto";
import { incidentStatuses, type TriageFilters, triageFiltersSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { createProject } from "../../access/index.ts";
import { moveIncident } from "../status.ts";
import { openTriageStore } from "./index.ts";
import { pageQuery } from "./list-incidents.ts";
import { toTriageStatus } from "./triage-words.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

/** A fault event as the wire has it. */
function faultEvent(overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    subscriptionId: "sub-1a2b3c4d",
    cluster: "prod-us-east-1",
    faultId: randomUUID().replaceAll("-", "").slice(0, 16),
    faultType: "CrashLoop",
    severity: "critical",
    resource: { apiVersion: "v1", kind: "Pod", name: "api-7d9f8b6c5d-x2x4q", namespace: "shop", uid: "uid-1" },
    context: "Container entered CrashLoopBackOff state, restart count: 4, last exit code: 1, last reason: Error",
    timestamp: "2026-11-20T10:00:00Z",
    ...overrides,
  };
}

async function newStore() {
  const { id: projectId } = await createProject(test_.database.db, { name: `p ${randomUUID()}` });
  const queue = recordingQueue();
  const { jobs } = queue;
  const store = openTriageStore({ database: test_.database, queue }, { projectId, policy: { payloadsPerIncident: 5 } });
  const receive = (event: Record<string, unknown>, receivedAt = new Date()) =>
    store.createIncident({ event, receivedAt, environment: "production" });
  /** A pending incident of a fault of its own. */
  const fresh = async (overrides = {}) => (await receive(faultEvent(overrides))).incidentId;
  return { store, projectId, jobs, receive, fresh };
}

async function faultRow(projectId: string) {
  return test_.database.db
    .selectFrom("fault_events")
    .selectAll()
    .where("project_id", "=", projectId)
    .executeTakeFirstOrThrow();
}

async function countOf(incidentId: string): Promise<number> {
  const row = await test_.database.db
    .selectFrom("incident_counters")
    .select("occurrence_count")
    .where("incident_id", "=", incidentId)
    .executeTakeFirstOrThrow();
  return Number(row.occurrence_count);
}

test("a fault makes its fault event and a pending incident with the fault's values, its service and the gate's job at once", async () => {
  const { store, projectId, receive, jobs } = await newStore();
  const event = faultEvent();
  const { incidentId, outcome, faultId } = await receive(event);
  expect({ outcome, faultId }).toEqual({ outcome: "created", faultId: event.faultId });
  const { faultId: _, severity, ...same } = event;
  expect(await store.getIncident(incidentId)).toMatchObject({
    ...same,
    timestamp: "2026-11-20T10:00:00.000Z",
    faultId,
    severity,
    status: "pending",
    startedAt: null,
    completedAt: null,
    exitCode: null,
  });
  const { resource } = event;
  expect(await faultRow(projectId)).toMatchObject({
    fault_id: faultId,
    cluster: event.cluster,
    resource_kind: resource.kind,
    repeat_count: 0,
    severity: "critical",
  });
  const { rows } = await sql`
    SELECT s.cluster_id, s.namespace, s.service_name, i.trigger_type, i.source, i.detector FROM incidents i JOIN services s USING (service_id)
    WHERE i.id = ${incidentId}`.execute(test_.database.db);
  expect(rows).toEqual([
    {
      cluster_id: "prod-us-east-1",
      namespace: "shop",
      service_name: "api",
      trigger_type: "crashloop",
      source: "kubernetes",
      detector: "crash",
    },
  ]);
  expect(jobs).toEqual(["gate"]);
});

test("the same receipt again changes nothing", async () => {
  const { store, projectId, receive } = await newStore();
  const event = faultEvent();
  const first = await receive(event);
  const before = [await faultRow(projectId), await store.getIncident(first.incidentId)];
  const again = await receive({ ...event, subscriptionId: "sub-of-a-second-watch" });
  expect(again).toEqual({ ...first, outcome: "repeated" });
  expect([await faultRow(projectId), await store.getIncident(first.incidentId)]).toEqual(before);
  expect(await countOf(first.incidentId)).toBe(1);
});

test("the same receipt from many writers at once is one incident, counted once", async () => {
  const { projectId, receive } = await newStore();
  const event = faultEvent();
  const results = await Promise.all(Array.from({ length: 10 }, () => receive(event)));
  expect(new Set(results.map(({ incidentId }) => incidentId)).size).toBe(1);
  expect(results.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
  expect(await countOf(results[0]?.incidentId ?? "")).toBe(1);
  expect(await faultRow(projectId)).toMatchObject({ repeat_count: 0 });
});

test("a fault that recurs joins its open incident: counters and the highest severity move, the first values stay, each receipt is kept", async () => {
  const { store, projectId, receive } = await newStore();
  const event = faultEvent({ severity: "warning", context: "first" });
  const first = await receive(event, new Date(Date.now() - 60_000));
  const later = (minute: number, overrides: object) => ({
    ...event,
    timestamp: `2026-11-20T10:${minute}:00Z`,
    ...overrides,
  });
  await receive(later(20, { severity: "critical", context: "second", subscriptionId: "sub-2" }));
  const third = await receive(later(40, { severity: "info", context: "third" }));
  expect(third).toMatchObject({ incidentId: first.incidentId, outcome: "counted" });
  expect(await countOf(first.incidentId)).toBe(3);
  expect(await store.getIncident(first.incidentId)).toMatchObject({
    severity: "critical",
    context: "first",
    subscriptionId: event.subscriptionId,
    timestamp: "2026-11-20T10:00:00.000Z",
  });
  const row = await faultRow(projectId);
  expect(row).toMatchObject({ repeat_count: 2, severity: "medium", context: "first" });
  expect(row.last_received_at.getTime()).toBeGreaterThan(row.received_at.getTime() + 50_000);
  const { rows } = await sql<{ context: string; subscription: string }>`
    SELECT occurred_at::text AS at, payload #>> '{fault,subscriptionId}' AS subscription FROM incident_occurrences
    WHERE incident_id = ${first.incidentId} ORDER BY occurred_at`.execute(test_.database.db);
  expect(rows.map(({ subscription }) => subscription)).toEqual(["sub-1a2b3c4d", "sub-2", null]);
});

test("after the incident is resolved a receipt within the grace is late, one after it reopens the incident as a regression", async () => {
  const { store, receive } = await newStore();
  const event = faultEvent();
  const { incidentId } = await receive(event);
  await moveIncident(test_.database.db, { incidentId, to: "resolved", reason: "rolled back" });
  await receive({ ...event, timestamp: "2026-11-20T10:05:00Z" });
  expect(await store.getIncident(incidentId)).toMatchObject({ status: "resolved" });
  const muchLater = new Date(Date.now() + 3_600_000);
  await receive({ ...event, timestamp: "2026-11-20T12:00:00Z" }, muchLater);
  expect(await store.getIncident(incidentId)).toMatchObject({ status: "pending", completedAt: null });
});

test("a fault without an id gets the one that its watcher would have sent", async () => {
  const { receive } = await newStore();
  const { faultId: _, ...event } = faultEvent();
  // printf 'prod-us-east-1:CrashLoop:uid-1:' | sha256sum | cut -c1-16
  expect((await receive(event)).faultId).toBe("c0e18b5444c4b742");
});

test("an unknown kind of fault is kept, an unknown severity is refused with the ones that are known", async () => {
  const { store, fresh, receive } = await newStore();
  const id = await fresh({ faultType: "MeteorStrike" });
  expect(await store.getIncident(id)).toMatchObject({ faultType: "MeteorStrike" });
  await expect(receive(faultEvent({ severity: "catastrophic" }))).rejects.toThrow("none of critical, error");
});

test("secrets in a fault's context are not stored", async () => {
  const { store, fresh, projectId } = await newStore();
  const id = await fresh({ context: "exited: could not log in with password=hunter2hunter2" });
  expect(JSON.stringify([await store.getIncident(id), await faultRow(projectId)])).not.toContain("hunter2hunter2");
});

test("one triage from pending to resolved, each step of it said twice", async () => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  const startedAt = new Date("2026-11-20T10:01:00Z");
  const begin = () => store.updateIncidentStatus({ incidentId, status: "investigating", startedAt });
  expect([await begin(), await begin()]).toEqual([true, false]);
  expect(await store.getIncident(incidentId)).toMatchObject({
    status: "investigating",
    startedAt: startedAt.toISOString(),
  });
  const executionId = randomUUID();
  const run = { executionId, incidentId, startedAt: startedAt.toISOString() };
  await store.recordAgentExecution(run);
  const ended = {
    ...run,
    completedAt: "2026-11-20T10:03:00Z",
    exitCode: 0,
    logPaths: ["logs/agent.log", "logs/full.log"],
  };
  for (let i = 0; i < 2; i++) await store.recordAgentExecution(ended);
  const report = { reportId: randomUUID(), incidentId, executionId, reportMarkdown: "# Root cause\nA bad image." };
  for (let i = 0; i < 2; i++) await store.recordTriageReport(report);
  const complete = () => store.completeIncident({ incidentId, exitCode: 0 });
  expect([await complete(), await complete()]).toEqual([true, false]);
  expect(await store.getIncident(incidentId)).toMatchObject({
    status: "resolved",
    exitCode: 0,
    failureReason: null,
    completedAt: expect.any(String),
  });
  const { rows } = await sql`
    SELECT e.exit_code, e.log_paths, r.report_markdown FROM triage.agent_executions e JOIN triage.triage_reports r USING (execution_id)
    WHERE e.incident_id = ${incidentId}`.execute(test_.database.db);
  expect(rows).toEqual([
    { exit_code: 0, log_paths: "logs/agent.log,logs/full.log", report_markdown: report.reportMarkdown },
  ]);
});

test.each([
  [0, undefined, "resolved"],
  [0, "output/investigation.md is missing", "agent_failed"],
  [1, undefined, "agent_failed"],
  [137, "killed", "agent_failed"],
  [-1, "the image could not be pulled", "failed"],
])("exit code %s with the reason %s ends as %s", async (exitCode, failureReason, status) => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  await store.updateIncidentStatus({ incidentId, status: "investigating" });
  await store.completeIncident({ incidentId, exitCode, failureReason });
  expect(await store.getIncident(incidentId)).toMatchObject({ status, exitCode, failureReason: failureReason ?? null });
});

test("a status that was settled first stays when the end is recorded", async () => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  await store.updateIncidentStatus({ incidentId, status: "investigating" });
  await store.updateIncidentStatus({ incidentId, status: "failed" });
  await store.completeIncident({ incidentId, exitCode: 1, failureReason: "timeout" });
  expect(await store.getIncident(incidentId)).toMatchObject({ status: "failed", exitCode: 1 });
});

test("a next try keeps the run before it and forgets only its end", async () => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  const startedAt = "2026-11-20T10:00:00Z";
  await store.updateIncidentStatus({ incidentId, status: "investigating" });
  await store.recordAgentExecution({
    executionId: randomUUID(),
    incidentId,
    startedAt,
    exitCode: 1,
    errorMessage: "x",
  });
  await store.completeIncident({ incidentId, exitCode: 1, failureReason: "x" });
  await store.updateIncidentStatus({ incidentId, status: "investigating" });
  expect(await store.getIncident(incidentId)).toMatchObject({
    status: "investigating",
    exitCode: null,
    failureReason: null,
    completedAt: null,
  });
  await store.recordAgentExecution({ executionId: randomUUID(), incidentId, startedAt, exitCode: 0 });
  await store.completeIncident({ incidentId, exitCode: 0 });
  const { rows } =
    await sql`SELECT exit_code FROM agent_executions WHERE incident_id = ${incidentId} ORDER BY exit_code`.execute(
      test_.database.db,
    );
  expect(rows).toEqual([{ exit_code: 0 }, { exit_code: 1 }]);
});

test("what the machine does not allow is refused and changes nothing", async () => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  const startedAt = "2026-11-20T10:00:00Z";
  await expect(store.completeIncident({ incidentId, exitCode: 0 })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await store.getIncident(incidentId)).toMatchObject({ status: "pending", exitCode: null });
  await store.updateIncidentStatus({ incidentId, status: "investigating" });
  await store.completeIncident({ incidentId, exitCode: 0 });
  await expect(store.completeIncident({ incidentId, exitCode: 1 })).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(store.updateIncidentStatus({ incidentId, status: "pending" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await expect(store.updateIncidentStatus({ incidentId, status: "agent_failed" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await expect(store.updateIncidentStatus({ incidentId, status: "asleep" as "failed" })).rejects.toThrow();
  expect(await store.getIncident(incidentId)).toMatchObject({ status: "resolved", exitCode: 0 });
  const executionId = randomUUID();
  await store.recordAgentExecution({ executionId, incidentId, startedAt, exitCode: 0 });
  await expect(store.recordAgentExecution({ executionId, incidentId, startedAt, exitCode: 1 })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  const report = { reportId: randomUUID(), incidentId, executionId: randomUUID(), reportMarkdown: "x" };
  await expect(store.recordTriageReport(report)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("another project's incident is not there, for reading or writing", async () => {
  const [own, other] = [await newStore(), await newStore()];
  const incidentId = await other.fresh();
  const run = { executionId: randomUUID(), incidentId, startedAt: "2026-11-20T10:00:00Z" };
  const refused = { code: "NOT_FOUND" };
  await expect(own.store.getIncident(incidentId)).rejects.toMatchObject(refused);
  await expect(own.store.updateIncidentStatus({ incidentId, status: "investigating" })).rejects.toMatchObject(refused);
  await expect(own.store.completeIncident({ incidentId, exitCode: 0 })).rejects.toMatchObject(refused);
  await expect(own.store.recordAgentExecution(run)).rejects.toMatchObject(refused);
  expect((await own.store.listIncidents()).incidents).toEqual([]);
});

test("a list is narrowed by each filter and read page by page in both orders without a gap or a repeat", async () => {
  const { store, fresh } = await newStore();
  const node = { apiVersion: "v1", kind: "Node", name: "n1", namespace: "", uid: "u" };
  const ids = [
    await fresh(),
    await fresh({ cluster: "staging", severity: "warning" }),
    await fresh({ faultType: "NodeUnhealthy", resource: node, faultId: "feed" }),
    await fresh({ severity: "info" }),
  ];
  const [a, b, c, d] = ids;
  await store.updateIncidentStatus({ incidentId: d ?? "", status: "investigating" });
  const found = async (filters: TriageFilters) =>
    (await store.listIncidents(filters)).incidents.map(({ incidentId }) => incidentId);
  expect(await found({})).toEqual([d, c, b, a]);
  expect(await found({ cluster: "staging" })).toEqual([b]);
  expect(
    await found({
      resourceKind: "Node",
      faultType: "NodeUnhealthy",
      resourceName: "n1",
      namespace: "",
      faultId: "feed",
    }),
  ).toEqual([c]);
  expect(await found({ severityMin: "medium" })).toEqual([c, b, a]);
  expect(await found({ status: ["pending"] })).toEqual([c, b, a]);
  expect(await found({ status: ["investigating", "failed"] })).toEqual([d]);
  const { createdAt } = await store.getIncident(b ?? "");
  expect(await found({ createdBefore: createdAt })).toEqual([a]);
  for (const order of ["newest", "oldest"] as const) {
    const read: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.listIncidents({ order, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      read.push(...page.incidents.map(({ incidentId }) => incidentId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(read).toEqual(order === "oldest" ? ids : ids.toReversed());
  }
  await expect(store.listIncidents({ cursor: "x" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
});

test("a page is one scan of one index without a sort, among 20,000 incidents and for every filter", async () => {
  const { store, projectId, fresh } = await newStore();
  const model = await fresh();
  await sql`
    INSERT INTO incidents (id, incident_id, project_id, source, severity, title, error_message, environment, occurred_at, window_start, window_end,
      created_at, subscription_id, cluster, resource_api_version, resource_kind, resource_name, resource_namespace, resource_uid, fault_type, context, fault_timestamp)
    SELECT k.id, k.id::text, i.project_id, i.source, i.severity, i.title, i.error_message, i.environment, i.occurred_at, i.window_start, i.window_end,
      now() - k.n * interval '1 second', i.subscription_id, 'c' || k.n % 5, i.resource_api_version, i.resource_kind, i.resource_name, 'ns' || k.n % 7,
      i.resource_uid, i.fault_type, i.context, i.fault_timestamp
    FROM incidents i, (SELECT n, gen_random_uuid() AS id FROM generate_series(1, 20000) n) k WHERE i.id = ${model}`.execute(
    test_.database.db,
  );
  await sql`ANALYZE incidents`.execute(test_.database.owner);
  const tenant = test_.database.asTenant({ userId: null, projectId });
  const { nextCursor } = await store.listIncidents({ limit: 10 });
  const asked: TriageFilters[] = [
    {},
    { order: "oldest" },
    { cluster: "c1" },
    { namespace: "ns2", severityMin: "high" },
    { status: ["pending"] },
    { cursor: nextCursor ?? "" },
  ];
  for (const filters of asked) {
    const { rows } = await sql<{
      "QUERY PLAN": string;
    }>`EXPLAIN ${pageQuery(projectId, triageFiltersSchema.parse(filters))}`.execute(tenant.db);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan, JSON.stringify(filters)).toMatch(/Index Scan (Backward )?using idx_incidents_triage_list/);
    expect(plan).not.toContain("Sort");
  }
}, 60_000);

test("the view of document 2 and the store say the same word for every state", async () => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  for (const status of incidentStatuses) {
    await sql`UPDATE incidents SET status = ${status} WHERE id = ${incidentId}`.execute(test_.database.db);
    const { rows } = await sql<{
      status: string;
    }>`SELECT status FROM triage.incidents WHERE incident_id = ${incidentId}`.execute(test_.database.db);
    expect(rows[0]?.status).toBe(toTriageStatus(status));
    expect(await store.getIncident(incidentId)).toMatchObject({ status: rows[0]?.status });
  }
});

test("a closed store refuses, and the database serves on", async () => {
  const { store, fresh } = await newStore();
  const incidentId = await fresh();
  await store.close();
  await expect(store.getIncident(incidentId)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await countOf(incidentId)).toBe(1);
});
