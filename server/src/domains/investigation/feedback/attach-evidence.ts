import type { FeedbackInput } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { LockedIncident } from "./lock-incident.ts";

type Attached = Extract<FeedbackInput, { event_type: "evidence_attached" }>["payload"];

/** Makes what somebody attached evidence of the incident. @returns its id. */
export async function attachEvidence(
  tx: Transaction<DB>,
  incident: LockedIncident,
  { kind, source, ref, metadata }: Attached,
): Promise<string> {
  const id = newId();
  await sql`
    INSERT INTO evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref, metadata)
    VALUES (${id}, ${incident.projectId}, ${incident.id}, ${kind}, ${source}, ${ref}, ${JSON.stringify(metadata)}::jsonb)`.execute(
    tx,
  );
  return id;
}
