import { randomUUID } from "node:crypto";
import { type FeedbackInput, feedbackInputSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { type InvestigatedIncident, openIncident } from "../../../../../test/scenario/open-incident.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { moveIncident } from "../../incident/index.ts";
import { listFeedback } from "./list-feedback.ts";
import { recordFeedback } from "./record-feedback.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const person = { type: "integration", id: "pager" } as const;

/** Says something about the incident as its project's tenant. */
async function say(incident: InvestigatedIncident, event: unknown, queue: Queue = recordingQueue()) {
  const scope = test_.database.asTenant({ userId: null, projectId: incident.projectId });
  const parsed: FeedbackInput = feedbackInputSchema.parse(event);
  return recordFeedback(scope, queue, { incidentId: incident.incidentId, actor: person, event: parsed });
}

async function stateOf({ incidentId }: InvestigatedIncident) {
  return test_.database.db
    .selectFrom("incidents")
    .select(["status", "resolved_at", "resolution_kind", "resolution_summary", "resolved_hypothesis_id"])
    .where("id", "=", incidentId)
    .executeTakeFirstOrThrow();
}

const logOf = async ({ incidentId }: InvestigatedIncident) =>
  (await listFeedback(test_.database.db, incidentId)).events;

test("each of the seven types is stored as document 4 prints it, and listed in the order in which it was said", async () => {
  const incident = await openIncident(test_.database);
  const [first, second] = incident.hypotheses;
  const deployment = await aDeployment(incident.projectId);
  const said = [
    { event_type: "hypothesis_confirmed", payload: { hypothesis_id: first, confidence_override: 0.9, note: "seen" } },
    { event_type: "hypothesis_rejected", payload: { hypothesis_id: second, reason_code: "wrong_service", note: "no" } },
    { event_type: "root_cause_set", payload: { root_cause_kind: "other", summary: "a full disk" } },
    { event_type: "incident_status_changed", payload: { from: "open", to: "resolved", reason: "rolled back" } },
    { event_type: "human_note_added", payload: { note_markdown: "**look** at the disk" } },
    { event_type: "evidence_attached", payload: { kind: "note", source: "manual", ref: "https://wiki/1" } },
    {
      event_type: "identity_mapping_corrected",
      payload: { service_key: "a/b/c", deployment_event_id: deployment, revision: "v2" },
    },
  ];
  for (const event of said) await say(incident, event);
  const { rows } = await sql<{ event_type: string; payload: object; actor_type: string; actor_id: string }>`
    SELECT event_type, payload - 'evidence_id' AS payload, actor_type, actor_id FROM feedback_events
    WHERE incident_id = ${incident.incidentId} ORDER BY created_at, feedback_event_id`.execute(test_.database.db);
  const attached = { kind: "note", source: "manual", ref: "https://wiki/1", metadata: {} };
  expect(rows).toEqual(
    said.map((event) => ({
      ...event,
      payload: event.event_type === "evidence_attached" ? attached : event.payload,
      actor_type: "integration",
      actor_id: "pager",
    })),
  );
  const listed = await logOf(incident);
  expect(listed.map(({ event_type }) => event_type)).toEqual(said.map(({ event_type }) => event_type));
  expect(listed[0]?.payload).toMatchObject({ hypothesis_id: toPublicId("hyp", first) });
  expect(listed[6]?.payload).toMatchObject({ deployment_event_id: toPublicId("dep", deployment) });
});

test("a reason code is a code: a sentence in its place is refused, with the form that it has", () => {
  const rejected = (reason_code: string) =>
    feedbackInputSchema.safeParse({
      event_type: "hypothesis_rejected",
      payload: { hypothesis_id: "hyp_1", reason_code },
    });
  for (const code of ["wrong_service", "was-a-test", "p99"]) expect(rejected(code).success).toBe(true);
  for (const nonsense of ["", "no idea!!", "Wrong", "_", "a__b"])
    expect(rejected(nonsense).error?.issues[0]?.message, nonsense).toContain("as wrong_service");
});

test("a confirmed hypothesis is the resolution, a later rejection takes it back, and a set cause replaces it", async () => {
  const incident = await openIncident(test_.database);
  const [first] = incident.hypotheses;
  await say(incident, { event_type: "hypothesis_confirmed", payload: { hypothesis_id: toPublicId("hyp", first) } });
  expect(await stateOf(incident)).toMatchObject({
    resolution_kind: "hypothesis",
    resolved_hypothesis_id: first,
    resolved_at: null,
  });
  await say(incident, {
    event_type: "incident_status_changed",
    payload: { from: "open", to: "resolved", reason: "reverted" },
  });
  expect(await stateOf(incident)).toMatchObject({
    status: "resolved",
    resolution_kind: "hypothesis",
    resolution_summary: "reverted",
  });
  await say(incident, { event_type: "hypothesis_rejected", payload: { hypothesis_id: first } });
  expect(await stateOf(incident)).toMatchObject({ resolution_kind: "unknown", resolved_hypothesis_id: null });
  await say(incident, { event_type: "root_cause_set", payload: { root_cause_kind: "other", summary: "a full disk" } });
  const state = await stateOf(incident);
  expect(state).toMatchObject({ resolution_kind: "other", resolution_summary: "a full disk" });
  expect(state.resolved_at).toBeInstanceOf(Date);
});

test("reopening takes the whole resolution back and puts the incident before the gate", async () => {
  const incident = await openIncident(test_.database);
  const queue = recordingQueue();
  await say(incident, { event_type: "root_cause_set", payload: { root_cause_kind: "other", summary: "a full disk" } });
  await say(incident, { event_type: "incident_status_changed", payload: { from: "open", to: "resolved" } });
  await say(incident, { event_type: "incident_status_changed", payload: { from: "resolved", to: "open" } }, queue);
  expect(await stateOf(incident)).toEqual({
    status: "open",
    resolved_at: null,
    resolution_kind: null,
    resolution_summary: null,
    resolved_hypothesis_id: null,
  });
  expect(queue.jobs).toEqual(["gate"]);
});

test("approving is the event that sets the response going, in the same transaction", async () => {
  const incident = await openIncident(test_.database);
  await say(incident, { event_type: "incident_status_changed", payload: { from: "open", to: "suppressed" } });
  await say(incident, { event_type: "incident_status_changed", payload: { from: "suppressed", to: "triaged" } });
  const { rows } =
    await sql`SELECT event_type, matched_at FROM workflow_events WHERE incident_id = ${incident.incidentId}
    AND event_type IN ('incident.approved', 'incident.suppressed') ORDER BY event_id`.execute(test_.database.db);
  expect(rows).toEqual([
    { event_type: "incident.suppressed", matched_at: null },
    { event_type: "incident.approved", matched_at: null },
  ]);
});

test("a change of status from where the incident no longer stands, or that the machine does not know, is refused and not logged", async () => {
  const incident = await openIncident(test_.database);
  const change = (from: string, to: string) =>
    say(incident, { event_type: "incident_status_changed", payload: { from, to } });
  await expect(change("diagnosed", "resolved")).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("open by now"),
  });
  await expect(change("open", "open")).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await logOf(incident)).toEqual([]);
});

test("what another incident or another project owns can't be named", async () => {
  const [incident, other] = [await openIncident(test_.database), await openIncident(test_.database)];
  const foreign = { hypothesis_id: other.hypotheses[0] };
  for (const event of [
    { event_type: "hypothesis_confirmed", payload: foreign },
    { event_type: "hypothesis_rejected", payload: foreign },
    { event_type: "root_cause_set", payload: { root_cause_kind: "hypothesis", ...foreign } },
    { event_type: "identity_mapping_corrected", payload: { deployment_event_id: await aDeployment(other.projectId) } },
  ]) {
    await expect(say(incident, event)).rejects.toMatchObject({
      code: "NOT_FOUND",
      details: { field: expect.any(String) },
    });
  }
  await expect(
    say(
      { ...incident, incidentId: other.incidentId },
      { event_type: "human_note_added", payload: { note_markdown: "x" } },
    ),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await logOf(other)).toEqual([]);
});

test("attached evidence is evidence of the incident", async () => {
  const incident = await openIncident(test_.database);
  const payload = { kind: "prom_query", source: "prometheus", ref: "rate(errors[5m])", metadata: { title: "Errors" } };
  const recorded = await say(incident, { event_type: "evidence_attached", payload });
  const row = await test_.database.db
    .selectFrom("evidence_artifacts")
    .selectAll()
    .where("incident_id", "=", incident.incidentId)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject(payload);
  expect(recorded.payload).toMatchObject({ evidence_id: toPublicId("evd", row.evidence_id) });
});

test("secrets in a note and in metadata are not stored", async () => {
  const incident = await openIncident(test_.database);
  await say(incident, {
    event_type: "human_note_added",
    payload: { note_markdown: "I used password=hunter2hunter2 for it\0" },
  });
  await say(incident, {
    event_type: "evidence_attached",
    payload: { kind: "note", source: "manual", ref: "x", metadata: { api_key: "abcdef" } },
  });
  const stored = JSON.stringify(await logOf(incident));
  expect(stored).not.toContain("hunter2hunter2");
  expect(stored).not.toContain("abcdef");
});

test("the moves that somebody decides on are events, the runner's steps are not", async () => {
  const incident = await openIncident(test_.database);
  const { incidentId } = incident;
  for (const to of ["triaged", "investigating", "diagnosed", "resolved"] as const)
    expect(await moveIncident(test_.database.db, { incidentId, to, reason: to })).toBe(true);
  const events = await logOf(incident);
  expect(events.map(({ payload, actor }) => ({ ...payload, actor }))).toEqual([
    { from: "open", to: "triaged", reason: "triaged", actor: "Culprit" },
    { from: "diagnosed", to: "resolved", reason: "resolved", actor: "Culprit" },
  ]);
  expect((await stateOf(incident)).resolved_at?.toISOString()).toBe(events[1]?.created_at);
});

test("the log refuses to be rewritten", async () => {
  const incident = await openIncident(test_.database);
  await say(incident, { event_type: "human_note_added", payload: { note_markdown: "x" } });
  const { db } = test_.database;
  await expect(
    sql`UPDATE feedback_events SET payload = '{}' WHERE incident_id = ${incident.incidentId}`.execute(db),
  ).rejects.toThrow("append-only");
  await expect(sql`DELETE FROM feedback_events WHERE incident_id = ${incident.incidentId}`.execute(db)).rejects.toThrow(
    "append-only",
  );
});

async function aDeployment(projectId: string): Promise<string> {
  const [service, deployment] = [randomUUID(), randomUUID()];
  await sql`INSERT INTO services (service_id, project_id, namespace, service_name) VALUES (${service}, ${projectId}, 'production', ${service})`.execute(
    test_.database.db,
  );
  await sql`INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type)
    VALUES (${deployment}, ${projectId}, ${service}, 'production', now(), 'k8s')`.execute(test_.database.db);
  return deployment;
}

test("a judgement of a hypothesis and a root cause are events for triggers that name it and the incident; what is undone is none", async () => {
  const incident = await openIncident(test_.database);
  const [first, second] = incident.hypotheses;
  await say(incident, { event_type: "hypothesis_confirmed", payload: { hypothesis_id: first, note: "seen" } });
  await say(incident, { event_type: "hypothesis_rejected", payload: { hypothesis_id: second } });
  await say(incident, { event_type: "human_note_added", payload: { note_markdown: "hm" } });
  await say(incident, {
    event_type: "root_cause_set",
    payload: { root_cause_kind: "hypothesis", hypothesis_id: first, summary: "a leak" },
  });
  await expect(
    say(incident, { event_type: "hypothesis_confirmed", payload: { hypothesis_id: randomUUID() } }),
  ).rejects.toThrow();
  const { rows } = await sql<{ event_type: string; payload: { hypothesis_id: string; incident: object } }>`
    SELECT event_type, payload FROM workflow_events WHERE incident_id = ${incident.incidentId} AND event_type ~ '^(hypothesis|root_cause)[.]'
    ORDER BY event_id`.execute(test_.database.db);
  expect(rows).toMatchObject([
    {
      event_type: "hypothesis.confirmed",
      payload: { hypothesis_id: toPublicId("hyp", first), note: "seen", incident: { environment: expect.any(String) } },
    },
    { event_type: "hypothesis.rejected", payload: { hypothesis_id: toPublicId("hyp", second) } },
    {
      event_type: "root_cause.set",
      payload: { root_cause_kind: "hypothesis", hypothesis_id: toPublicId("hyp", first), summary: "a leak" },
    },
  ]);
});
