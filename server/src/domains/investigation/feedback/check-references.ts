import type { FeedbackInput } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import type { LockedIncident } from "./lock-incident.ts";

/**
 * The event with the keys behind the public ids that it names.
 * @throws CulpritError NOT_FOUND for a hypothesis that is not the incident's, or a deployment that is not the project's.
 */
export async function checkReferences(
  tx: Transaction<DB>,
  incident: LockedIncident,
  event: FeedbackInput,
): Promise<FeedbackInput> {
  switch (event.event_type) {
    case "hypothesis_confirmed":
      return { ...event, payload: { ...event.payload, hypothesis_id: await hypothesis(event.payload.hypothesis_id) } };
    case "hypothesis_rejected":
      return { ...event, payload: { ...event.payload, hypothesis_id: await hypothesis(event.payload.hypothesis_id) } };
    case "root_cause_set": {
      const { hypothesis_id: named } = event.payload;
      if (named === undefined) return event;
      return { ...event, payload: { ...event.payload, hypothesis_id: await hypothesis(named) } };
    }
    case "identity_mapping_corrected": {
      const { deployment_event_id: named } = event.payload;
      if (named === undefined) return event;
      return { ...event, payload: { ...event.payload, deployment_event_id: await deployment(named) } };
    }
    case "incident_status_changed":
    case "human_note_added":
    case "evidence_attached":
      return event;
  }

  async function hypothesis(named: string): Promise<string> {
    const id = fromPublicId("hyp", named);
    const { rows } = await sql`
      SELECT 1 FROM incident_hypotheses WHERE hypothesis_id = ${id} AND incident_id = ${incident.id}`.execute(tx);
    if (rows.length === 1) return id;
    throw notFound("hypothesis_id", `The incident has no hypothesis ${toPublicId("hyp", id)}.`);
  }

  async function deployment(named: string): Promise<string> {
    const id = fromPublicId("dep", named);
    const { rows } = await sql`
      SELECT 1 FROM deployment_events WHERE deployment_event_id = ${id} AND project_id = ${incident.projectId}`.execute(
      tx,
    );
    if (rows.length === 1) return id;
    throw notFound("deployment_event_id", `The incident's project has no deployment ${toPublicId("dep", id)}.`);
  }
}

function notFound(field: string, message: string): CulpritError {
  return new CulpritError("NOT_FOUND", message, { details: { field } });
}
