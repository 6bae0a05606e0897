import type { FeedbackEvent, FeedbackInput } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { type Actor, emitAboutIncident } from "../../incident/index.ts";
import { attachEvidence } from "./attach-evidence.ts";
import { changeStatus } from "./change-status.ts";
import { checkReferences } from "./check-references.ts";
import { loadFeedback } from "./list-feedback.ts";
import { type LockedIncident, lockIncident } from "./lock-incident.ts";
import { scrubFeedback } from "./scrub-feedback.ts";

export interface FeedbackRequest {
  readonly incidentId: string;
  readonly actor: Actor;
  readonly event: FeedbackInput;
}

/**
 * Appends to an incident's log what somebody who knows said of it; nothing of the log is ever changed. What it names must
 * exist on the same incident. Attached evidence becomes evidence of the incident; a change of status is made, by the
 * machine's rules, and logged by it. The columns that say how the incident was resolved follow in the same transaction.
 * Texts are scrubbed before they are stored. A judgement of a hypothesis and a root cause are events for triggers; what follows
 * from them, such as the next investigation, is the business of workflows and delays nobody here.
 *
 * The incident is locked first, so that the log's order is the order in which things happened: of two opposite events at
 * once the later one holds.
 * @throws CulpritError NOT_FOUND for an incident, hypothesis or deployment that is not there; CONFLICT for a change of status
 * that is not possible from where the incident stands.
 */
export async function recordFeedback(
  scope: DatabaseScope,
  queue: Queue,
  request: FeedbackRequest,
): Promise<FeedbackEvent> {
  return scope.transaction(async (tx) => {
    const incident = await lockIncident(tx, request.incidentId);
    const event = await checkReferences(tx, incident, scrubFeedback(request.event));
    const eventId = await write(tx, queue, incident, { ...request, event });
    const [recorded] = await loadFeedback(tx, incident.id, eventId);
    if (recorded === undefined) throw new Error(`the feedback event ${eventId} was not written`);
    return recorded;
  });
}

async function write(
  tx: Transaction<DB>,
  queue: Queue,
  incident: LockedIncident,
  { actor, event }: FeedbackRequest,
): Promise<string> {
  switch (event.event_type) {
    case "incident_status_changed":
      return changeStatus(tx, queue, incident, { actor, change: event.payload });
    case "evidence_attached": {
      const evidenceId = await attachEvidence(tx, incident, event.payload);
      return append(tx, incident, actor, event.event_type, { ...event.payload, evidence_id: evidenceId });
    }
    case "hypothesis_confirmed":
    case "hypothesis_rejected": {
      const type = event.event_type === "hypothesis_confirmed" ? "hypothesis.confirmed" : "hypothesis.rejected";
      const payload = {
        ...event.payload,
        hypothesis_id: toPublicId("hyp", event.payload.hypothesis_id),
        actor_type: actor.type,
      };
      await emitAboutIncident(tx, { type, incidentId: incident.id, payload });
      return append(tx, incident, actor, event.event_type, event.payload);
    }
    case "root_cause_set": {
      const { hypothesis_id: named, ...said } = event.payload;
      const hypothesis = named === undefined ? {} : { hypothesis_id: toPublicId("hyp", named) };
      const payload = { ...said, ...hypothesis, actor_type: actor.type };
      await emitAboutIncident(tx, { type: "root_cause.set", incidentId: incident.id, payload });
      return append(tx, incident, actor, event.event_type, event.payload);
    }
    case "human_note_added":
    case "identity_mapping_corrected":
      return append(tx, incident, actor, event.event_type, event.payload);
  }
}

async function append(
  tx: Transaction<DB>,
  incident: LockedIncident,
  actor: Actor,
  type: FeedbackInput["event_type"],
  payload: object,
): Promise<string> {
  const id = newId();
  await sql`
    INSERT INTO feedback_events (feedback_event_id, project_id, incident_id, actor_type, actor_id, event_type, payload)
    VALUES (${id}, ${incident.projectId}, ${incident.id}, ${actor.type}, ${actor.id}, ${type}, ${JSON.stringify(payload)}::jsonb)`.execute(
    tx,
  );
  return id;
}
