import { createHash, randomUUID } from "node:crypto";
import type { ErrorSignal } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { createProject } from "../access/index.ts";
import { type SignalToStore, toStore } from "./signal-to-store.ts";
import { moveIncident } from "./status.ts";
import { storeSignals } from "./store-signals.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const policy = { payloadsPerIncident: 5 };
const hexId = () => randomUUID().replaceAll("-", "");

async function newProject(): Promise<string> {
  return (await createProject(test_.database.db, { name: `p ${hexId()}` })).id;
}

function signal(projectId: string, name: string, overrides: Partial<ErrorSignal> = {}): SignalToStore {
  const frames = [{ file: "src/cart.js", function: "total", line: 3, column: 7, isInApp: true }];
  const named = { exceptions: [{ type: "TypeError", message: name, frames }], title: `TypeError: ${name}` };
  const hash = createHash("sha256").update(name).digest();
  return toStore({
    projectId,
    signal: plainSignal({ ...named, ...overrides }),
    fingerprint: { version: 1, hash },
    receivedAt: new Date(),
  });
}

const store = (items: readonly SignalToStore[]) => test_.database.transaction((tx) => storeSignals(tx, items, policy));

async function incidentsOf(projectId: string) {
  const { rows } = await sql<{ id: string; title: string; status: string; count: string; is_regression: boolean }>`
    SELECT i.id, i.title, i.status, c.occurrence_count AS count, i.is_regression
    FROM incidents i JOIN incident_counters c ON c.incident_id = i.id WHERE i.project_id = ${projectId} ORDER BY i.title`.execute(
    test_.database.db,
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

test("the same failure opens one incident and is counted after that, with the reason stored", async () => {
  const project = await newProject();
  const first = await store([signal(project, "a"), signal(project, "a"), signal(project, "b")]);
  const again = await store([signal(project, "a")]);
  expect(first.stored.map(({ outcome }) => outcome)).toEqual(["created", "counted", "created"]);
  expect(first.projectsToGate).toEqual([project]);
  expect(again.stored.map(({ outcome }) => outcome)).toEqual(["counted"]);
  expect(again.projectsToGate).toEqual([]);
  expect(await incidentsOf(project)).toMatchObject([
    { title: "TypeError: a", count: 3 },
    { title: "TypeError: b", count: 1 },
  ]);
  const decisions = await test_.database.db
    .selectFrom("incident_decisions")
    .selectAll()
    .where("project_id", "=", project)
    .execute();
  expect(decisions.map(({ decision }) => decision)).toEqual(["opened", "opened"]);
});

test("the same event id is acknowledged again and counted once, in one batch and in two", async () => {
  const project = await newProject();
  const event = signal(project, "a");
  const first = await store([event, event]);
  const again = await store([event]);
  expect(first.stored[0]?.incidentId).toBe(again.stored[0]?.incidentId);
  expect(again.stored[0]?.outcome).toBe("repeated");
  expect(await incidentsOf(project)).toMatchObject([{ count: 1 }]);
});

test("twenty writers at once with the same failures and the same events open one incident each and count each event once", async () => {
  const project = await newProject();
  const shared = Array.from({ length: 10 }, (_, i) => signal(project, `s${i}`));
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, writer) => {
      const own = Array.from({ length: 10 }, (_, i) => signal(project, `s${i}`));
      const mixed = [...shared, ...own].sort(() => (writer % 2 === 0 ? 1 : -1));
      return store(mixed);
    }),
  );
  expect(
    results.flatMap(({ stored }) => stored).filter(({ outcome }) => outcome === "created").length,
  ).toBeLessThanOrEqual(10);
  const incidents = await incidentsOf(project);
  expect(incidents).toHaveLength(10);
  expect(incidents.every(({ count }) => count === 21)).toBe(true);
});

test("a failure in another environment is another incident", async () => {
  const project = await newProject();
  await store([signal(project, "a"), signal(project, "a", { environment: "staging" })]);
  expect(await incidentsOf(project)).toHaveLength(2);
});

test("an SDK error and the span of the same request are one occurrence of one incident", async () => {
  const project = await newProject();
  const traceId = hexId();
  await store([signal(project, "a", { traceId })]);
  await store([
    signal(project, "http 500", {
      traceId,
      door: "otlp",
      detector: "http_error",
      exceptions: [],
      title: "HTTP 500: GET /cart",
    }),
    signal(project, "a", { traceId, door: "otlp" }),
  ]);
  expect(await incidentsOf(project)).toMatchObject([{ title: "TypeError: a", count: 1 }]);
});

test("an incident whose SDK did not know the service gets its name from the span of the same request", async () => {
  const project = await newProject();
  const traceId = hexId();
  await store([signal(project, "a", { traceId, service: null })]);
  await store([signal(project, "a", { traceId, service: "checkout", door: "otlp" })]);
  const row = await test_.database.db
    .selectFrom("incidents as i")
    .innerJoin("services as s", "s.service_id", "i.service_id")
    .select("s.service_name")
    .where("i.project_id", "=", project)
    .executeTakeFirst();
  expect(row).toEqual({ service_name: "checkout" });
});

test("a long-lived trace id does not swallow repeats told by one door", async () => {
  const project = await newProject();
  const traceId = hexId();
  await store([signal(project, "a", { traceId }), signal(project, "a", { traceId })]);
  await store([signal(project, "a", { traceId })]);
  expect(await incidentsOf(project)).toMatchObject([{ count: 3 }]);
});

test("a bare 5xx that came first is explained by the exception of its trace, and keeps both fingerprints", async () => {
  const project = await newProject();
  const traceId = hexId();
  const bare = { door: "otlp", detector: "http_error", exceptions: [], title: "HTTP 500: GET /cart" } as const;
  const first = await store([signal(project, "http 500", { ...bare, traceId })]);
  const second = await store([signal(project, "a", { traceId })]);
  expect(second.stored[0]?.incidentId).toBe(first.stored[0]?.incidentId);
  await store([signal(project, "a"), signal(project, "http 500", bare)]);
  expect(await incidentsOf(project)).toMatchObject([{ title: "TypeError: a", count: 3 }]);
  const decisions = await test_.database.db
    .selectFrom("incident_decisions")
    .select("decision")
    .where("project_id", "=", project)
    .execute();
  expect(decisions.map(({ decision }) => decision).sort()).toEqual(["merged", "opened"]);
});

test("a bare 5xx and its exception in one batch are one incident", async () => {
  const project = await newProject();
  const traceId = hexId();
  const bare = { door: "otlp", detector: "http_error", exceptions: [], title: "HTTP 500: GET /cart" } as const;
  await store([signal(project, "http 500", { ...bare, traceId }), signal(project, "a", { traceId, door: "otlp" })]);
  expect(await incidentsOf(project)).toMatchObject([{ title: "TypeError: a" }]);
});

/** Says that a revision of the project's only service began to run so many milliseconds from now. */
async function runs(projectId: string, commitSha: string, inMs: number): Promise<void> {
  await sql`
    INSERT INTO service_revisions (id, project_id, service_id, environment, commit_sha, from_at, mapping_confidence, mapping_source)
    SELECT gen_random_uuid(), project_id, service_id, 'production', ${commitSha}, ${new Date(Date.now() + inMs)}, 1, 'test'
    FROM services WHERE project_id = ${projectId}`.execute(test_.database.db);
}

/** The same signal as it comes so many minutes from now. */
function inMinutes(minutes: number, projectId: string, name: string, overrides: Partial<ErrorSignal>): SignalToStore {
  const at = new Date(Date.now() + minutes * 60_000);
  const item = signal(projectId, name, { occurredAt: at.toISOString(), ...overrides });
  return { ...item, receivedAt: at };
}

async function reopenings(projectId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ rationale: string }>`
    SELECT rationale FROM incident_decisions WHERE project_id = ${projectId} AND decision = 'reopened' ORDER BY decided_at`.execute(
    test_.database.db,
  );
  return rows.map(({ rationale }) => rationale);
}

test("after a resolve: late occurrences are only counted, a later revision reopens it as a regression", async () => {
  const { db } = test_.database;
  const project = await newProject();
  const [oldSha, newSha] = ["a".repeat(40), "b".repeat(40)];
  const { stored } = await store([signal(project, "a", { commitSha: oldSha })]);
  const incidentId = stored[0]?.incidentId ?? "";
  await runs(project, oldSha, -3_600_000);
  expect(await moveIncident(db, { incidentId, to: "resolved", reason: "fixed" })).toBe(true);
  await store([signal(project, "a", { commitSha: oldSha }), signal(project, "a")]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "resolved", count: 3, is_regression: false }]);
  await runs(project, newSha, 1000);
  const { stored: regression, projectsToGate } = await store([signal(project, "a", { commitSha: newSha })]);
  expect(regression[0]?.incidentId).toBe(incidentId);
  expect(projectsToGate).toEqual([project]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "open", count: 4, is_regression: true }]);
});

test("a revision that was already running is late within the grace only: what it fails after that reopens once, with the reason", async () => {
  const project = await newProject();
  const commitSha = "d".repeat(40);
  const traceId = hexId();
  const bare = { door: "otlp", detector: "latency", exceptions: [], title: "High latency: GET /cart" } as const;
  const { stored } = await store([signal(project, "slow", { ...bare, commitSha, traceId })]);
  // The exception explains the slow request: its fingerprint is a symptom of the same incident from then on.
  await store([signal(project, "a", { commitSha, traceId })]);
  const incidentId = stored[0]?.incidentId ?? "";
  await runs(project, commitSha, -3_600_000);
  await moveIncident(test_.database.db, { incidentId, to: "resolved", reason: "rolled back" });
  const inGrace = await store([
    inMinutes(9, project, "a", { commitSha }),
    inMinutes(9, project, "slow", { ...bare, commitSha }),
  ]);
  expect(inGrace.projectsToGate).toEqual([]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "resolved", count: 3 }]);

  const overload = () => [
    ...Array.from({ length: 5 }, () => inMinutes(12.5, project, "slow", { ...bare, commitSha })),
    ...Array.from({ length: 5 }, () => inMinutes(12.5, project, "a", { commitSha })),
  ];
  const events = overload();
  expect((await store(events)).projectsToGate).toEqual([project]);
  await store(events);
  await store(overload());
  expect(await incidentsOf(project)).toMatchObject([{ status: "open", count: 23, is_regression: true }]);
  expect(await reopenings(project)).toEqual([
    `It failed again 12 minutes after it was resolved, in revision ${commitSha}, which was already running then.`,
  ]);
});

test("a revision that was running and healthy when it was resolved reopens it at once: what was rolled back to is no old instance", async () => {
  const project = await newProject();
  const [bad, good] = ["1".repeat(40), "2".repeat(40)];
  const { stored } = await store([signal(project, "a", { commitSha: bad })]);
  await runs(project, bad, -7_200_000);
  await runs(project, good, -1_200_000);
  const incidentId = stored[0]?.incidentId ?? "";
  await moveIncident(test_.database.db, { incidentId, to: "resolved", reason: "rolled back" });
  await store([inMinutes(2, project, "a", { commitSha: bad })]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "resolved" }]);
  const { projectsToGate } = await store([inMinutes(3.5, project, "a", { commitSha: good })]);
  expect(projectsToGate).toEqual([project]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "open", count: 3, is_regression: true }]);
  expect(await reopenings(project)).toEqual([
    `It failed again 3 minutes after it was resolved, in revision ${good}, which was already running then and had not failed like this before.`,
  ]);
});

test("what happened before the resolve is late however long it was on its way", async () => {
  const project = await newProject();
  const commitSha = "e".repeat(40);
  const { stored } = await store([signal(project, "a", { commitSha })]);
  await runs(project, commitSha, -3_600_000);
  const incidentId = stored[0]?.incidentId ?? "";
  await moveIncident(test_.database.db, { incidentId, to: "resolved", reason: "fixed" });
  const occurredAt = new Date(Date.now() - 60_000).toISOString();
  await store([inMinutes(120, project, "a", { commitSha, occurredAt })]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "resolved", count: 2 }]);
});

test("after a resolve and a rollback, the bad revision deployed again reopens it: it no longer counts as running before", async () => {
  const { db } = test_.database;
  const project = await newProject();
  const commitSha = "c".repeat(40);
  const { stored } = await store([signal(project, "a", { commitSha })]);
  const incidentId = stored[0]?.incidentId ?? "";
  expect(await moveIncident(db, { incidentId, to: "resolved", reason: "rolled back" })).toBe(true);
  await store([signal(project, "a", { commitSha })]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "resolved", count: 2 }]);
  await sql`
    WITH deployed AS (
      INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type, commit_sha)
      SELECT gen_random_uuid(), project_id, service_id, 'production', now() + interval '1 second', 'other', ${commitSha}
      FROM services WHERE project_id = ${project} LIMIT 1 RETURNING *
    )
    INSERT INTO service_revisions (id, project_id, service_id, environment, commit_sha, from_at, mapping_confidence, mapping_source, deployment_event_id)
    SELECT gen_random_uuid(), project_id, service_id, environment, commit_sha, started_at, 1, 'test', deployment_event_id FROM deployed`.execute(
    db,
  );
  await store([signal(project, "a", { commitSha })]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "open", count: 3, is_regression: true }]);
});

test("the regressions of one batch are reopened together, each with its event in the log", async () => {
  const { db } = test_.database;
  const project = await newProject();
  const names = ["a", "b", "c"];
  const { stored } = await store(names.map((name) => signal(project, name)));
  for (const { incidentId } of stored) await moveIncident(db, { incidentId, to: "resolved", reason: "fixed" });
  const later = new Date(Date.now() + 3_600_000);
  await store(names.map((name) => ({ ...signal(project, name), receivedAt: later })));
  expect((await incidentsOf(project)).map((row) => [row.status, row.is_regression])).toEqual(
    names.map(() => ["open", true]),
  );
  const { rows } = await sql`
    SELECT e.payload ->> 'from' AS "from", e.payload ->> 'to' AS "to", i.resolved_at, i.resolution_kind FROM incidents i JOIN LATERAL (
      SELECT * FROM feedback_events WHERE incident_id = i.id ORDER BY created_at DESC LIMIT 1) e ON true
    WHERE i.project_id = ${project}`.execute(db);
  expect(rows).toEqual(names.map(() => ({ from: "resolved", to: "open", resolved_at: null, resolution_kind: null })));
});

test("payloads are kept for the first occurrences and a sample, and the newest always; the rest is counted", async () => {
  const project = await newProject();
  for (let i = 0; i < 40; i++) await store([signal(project, "a", { payload: { position: i } })]);
  const { rows } = await sql<{ all: number; kept: number }>`
    SELECT count(*) AS all, count(payload) AS kept FROM incident_occurrences WHERE project_id = ${project}`.execute(
    test_.database.db,
  );
  expect(rows[0]).toEqual({ all: 40, kept: 5 });
});

test("a move that the state machine does not know changes nothing and says so", async () => {
  const { db } = test_.database;
  const project = await newProject();
  const { stored } = await store([signal(project, "a")]);
  const incidentId = stored[0]?.incidentId ?? "";
  expect(await moveIncident(db, { incidentId, to: "diagnosed", reason: "no" })).toBe(false);
  expect(await moveIncident(db, { incidentId, to: "triaged", reason: "yes" })).toBe(true);
  expect(await moveIncident(db, { incidentId, to: "triaged", reason: "twice" })).toBe(false);
});
