import { randomUUID } from "node:crypto";
import type { Alert } from "@culprit/contract";
import { type KyselyPlugin, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { createLog } from "../../platform/log/log.ts";
import { openQueue, type Queue } from "../../platform/queue/queue.ts";
import { createProject } from "../access/index.ts";
import { moveIncident } from "./status.ts";
import { storeAlerts } from "./store-alerts.ts";

let database: TestDatabase;
let queue: Queue;
beforeAll(async () => {
  database = await createTestDatabase();
  queue = await openQueue(database.database, createLog("silent"));
});
afterAll(async () => {
  await queue.close(1000);
  await database.drop();
});

const newProject = async () => (await createProject(database.database.db, { name: `p ${randomUUID()}` })).id;
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));

function alert(overrides: Partial<Alert> = {}): Alert {
  return {
    status: "firing",
    fingerprint: "9ae1f2",
    title: "CartErrorsHigh",
    description: "5 % of the requests to the cart fail.",
    severity: "high",
    service: "cart",
    environment: null,
    startsAt: at(0),
    endsAt: null,
    labels: { alertname: "CartErrorsHigh", job: "cart" },
    url: null,
    ...overrides,
  };
}

/** Stores one delivery, under a key of its own unless told. */
function deliver(projectId: string, alerts: readonly Alert[], deliveryKey: string = randomUUID()) {
  const delivery = { projectId, sender: "alertmanager of production", deliveryKey, alerts, receivedAt: new Date() };
  return storeAlerts({ database: counted(), queue }, delivery, { payloadsPerIncident: 5 });
}

let statements = 0;
/** The database, with its statements inside of transactions counted. */
function counted(): Database {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const { database: opened } = database;
  return { ...opened, transaction: (run) => opened.transaction((tx) => run(tx.withPlugin(plugin))) };
}

async function incidentsOf(projectId: string) {
  const { rows } = await sql<{
    id: string;
    title: string;
    source: string;
    status: string;
    severity: string;
    environment: string;
    detector: string | null;
    error_message: string;
    is_regression: boolean;
    count: number;
    service: string | null;
  }>`
    SELECT i.id, i.title, i.source, i.status, i.severity, i.environment, i.detector, i.error_message, i.is_regression,
      c.occurrence_count::int AS count, s.service_name AS service
    FROM incidents i JOIN incident_counters c ON c.incident_id = i.id LEFT JOIN services s ON s.service_id = i.service_id
    WHERE i.project_id = ${projectId} ORDER BY i.title`.execute(database.database.db);
  return rows;
}

test("what a sender tells again under its own id is counted once, whatever delivery or integration brings it", async () => {
  const project = await newProject();
  const failed = alert({ noticeId: "deployment_status:91" });
  const outcomes = [await deliver(project, [failed]), await deliver(project, [failed])];
  expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(["created", "repeated"]);
  const [next] = await deliver(project, [alert({ noticeId: "deployment_status:92" })]);
  expect(next).toMatchObject({ outcome: "counted" });
  expect(await incidentsOf(project)).toMatchObject([{ count: 2 }]);
});

test("an alert opens an incident of its service, in production where it names no environment, with its labels as the evidence", async () => {
  const project = await newProject();
  const [result] = await deliver(project, [alert()]);
  expect(result).toMatchObject({ outcome: "created", reason: "It opened an incident." });
  expect(await incidentsOf(project)).toMatchObject([
    {
      title: "CartErrorsHigh",
      source: "alert",
      status: "open",
      severity: "high",
      environment: "production",
      detector: null,
      error_message: "5 % of the requests to the cart fail.",
      service: "cart",
      count: 1,
    },
  ]);
  const occurrence = await database.database.db
    .selectFrom("incident_occurrences")
    .select(["door", "reason", "payload", "occurred_at"])
    .where("project_id", "=", project)
    .executeTakeFirstOrThrow();
  expect(occurrence).toMatchObject({
    door: "alert",
    reason: "opened",
    occurred_at: at(0),
    payload: { alert: { status: "firing", labels: { alertname: "CartErrorsHigh", job: "cart" } } },
  });
});

test("notifications about one alert join one incident, whatever words they use; other environments and other alerts do not", async () => {
  const project = await newProject();
  await deliver(project, [alert()]);
  const again = await deliver(project, [alert({ title: "Reworded", description: "Now 7 %" })]);
  expect(again).toMatchObject([{ outcome: "counted", reason: "It joined its incident." }]);
  await deliver(project, [
    alert({ environment: "staging", title: "Staging" }),
    alert({ fingerprint: "b", title: "X" }),
  ]);
  expect(await incidentsOf(project)).toMatchObject([
    { title: "CartErrorsHigh", count: 2 },
    { title: "Staging", environment: "staging", count: 1 },
    { title: "X", count: 1 },
  ]);
});

test("the severity of an incident rises with its alert and never falls", async () => {
  const project = await newProject();
  for (const severity of ["medium", "critical", "low"] as const) await deliver(project, [alert({ severity })]);
  expect(await incidentsOf(project)).toMatchObject([{ severity: "critical", count: 3 }]);
});

test("the same delivery again counts nothing again, and says so", async () => {
  const project = await newProject();
  await deliver(project, [alert(), alert({ fingerprint: "b" })], "one");
  const again = await deliver(project, [alert(), alert({ fingerprint: "b" })], "one");
  expect(again.map(({ outcome }) => outcome)).toEqual(["repeated", "repeated"]);
  expect((await incidentsOf(project)).map(({ count }) => count)).toEqual([1, 1]);
});

test("an alert that stopped resolves its incident, as a decision of the integration with its reason", async () => {
  const project = await newProject();
  await deliver(project, [alert()]);
  const stopped = await deliver(project, [alert({ status: "resolved", endsAt: at(9) })]);
  const reason = "alertmanager of production says that the alert stopped at 2026-01-01T12:09:00.000Z.";
  expect(stopped).toMatchObject([{ outcome: "resolved", reason }]);
  const [incident] = await incidentsOf(project);
  expect(incident).toMatchObject({ status: "resolved", count: 1 });
  const decisions = await database.database.db
    .selectFrom("incident_decisions")
    .select(["decision", "rationale", "details"])
    .where("project_id", "=", project)
    .where("decision", "=", "resolved")
    .execute();
  expect(decisions).toMatchObject([{ rationale: reason, details: { fingerprint: "9ae1f2" } }]);
  const feedback = await database.database.db
    .selectFrom("feedback_events")
    .select(["actor_type", "actor_id"])
    .where("project_id", "=", project)
    .execute();
  expect(feedback).toEqual([{ actor_type: "integration", actor_id: "alertmanager of production" }]);
  const again = await deliver(project, [alert({ status: "resolved", endsAt: at(9) })]);
  expect(again).toMatchObject([{ outcome: "nothing_to_resolve", reason: "Its incident was resolved before." }]);
});

test("an alert that stopped without naming an environment has stopped in each, one that names it only there", async () => {
  const project = await newProject();
  const environments = ["production", "staging", "test"] as const;
  await deliver(
    project,
    environments.map((environment) => alert({ environment, title: environment })),
  );
  await deliver(project, [alert({ status: "resolved", environment: "test" })]);
  const statuses = async () => (await incidentsOf(project)).map(({ status }) => status);
  expect(await statuses()).toEqual(["open", "open", "resolved"]);
  expect(await deliver(project, [alert({ status: "resolved" })])).toMatchObject([{ outcome: "resolved" }]);
  expect(await statuses()).toEqual(["resolved", "resolved", "resolved"]);
});

test("an alert that stopped and was never heard of opens nothing", async () => {
  const project = await newProject();
  expect(await deliver(project, [alert({ status: "resolved" })])).toMatchObject([
    { outcome: "nothing_to_resolve", incidentId: null },
  ]);
  expect(await incidentsOf(project)).toEqual([]);
});

test("a repeat of a firing that a person resolved is late, and a new firing reopens the incident as a regression at once", async () => {
  const project = await newProject();
  await deliver(project, [alert()]);
  const [incident] = await incidentsOf(project);
  await moveIncident(database.database.db, { incidentId: incident?.id ?? "", to: "resolved", reason: "fixed" });
  await deliver(project, [alert()]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "resolved", count: 2 }]);
  await deliver(project, [alert({ startsAt: at(20) })]);
  expect(await incidentsOf(project)).toMatchObject([{ status: "open", is_regression: true, count: 3 }]);
});

test("the news that an older firing stopped comes late and resolves nothing", async () => {
  const project = await newProject();
  await deliver(project, [alert()]);
  await deliver(project, [alert({ startsAt: at(20) })]);
  const [late] = await deliver(project, [alert({ status: "resolved", endsAt: at(9) })]);
  expect(late).toMatchObject({
    outcome: "nothing_to_resolve",
    reason: "It fired again at 2026-01-01T12:20:00.000Z: this one came late.",
  });
  expect(await incidentsOf(project)).toMatchObject([{ status: "open" }]);
});

test("secrets in an alert's text and labels are not stored", async () => {
  const project = await newProject();
  const secret = "AKIAIOSFODNN7EXAMPLE";
  await deliver(project, [alert({ description: `key ${secret}`, labels: { note: `key ${secret}` } })]);
  const { rows } = await sql<{ text: string }>`
    SELECT i.error_message || o.payload::text AS text FROM incidents i JOIN incident_occurrences o ON o.incident_id = i.id
    WHERE i.project_id = ${project}`.execute(database.database.db);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.text).not.toContain(secret);
});

test("a storm of 1,000 alerts in one delivery takes ten statements, and its end takes two", async () => {
  const project = await newProject();
  const storm = (status: Alert["status"]) =>
    Array.from({ length: 1000 }, (_, i) => alert({ status, fingerprint: `f${i}`, title: `Alert ${i}` }));
  statements = 0;
  const opened = await deliver(project, storm("firing"));
  expect(opened.every(({ outcome }) => outcome === "created")).toBe(true);
  expect(statements).toBeLessThanOrEqual(10);
  statements = 0;
  const resolved = await deliver(project, storm("resolved"));
  expect(resolved.every(({ outcome }) => outcome === "resolved")).toBe(true);
  expect(statements).toBe(2);
  expect(new Set((await incidentsOf(project)).map(({ status }) => status))).toEqual(new Set(["resolved"]));
});
