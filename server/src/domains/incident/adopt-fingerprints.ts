import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import type { KnownIncident } from "./look-up.ts";
import { incidentColumns } from "./open-incidents.ts";
import { servicePlaceOf } from "./service-place-of.ts";
import type { SignalToStore } from "./signal-to-store.ts";

/** An exception that explains the failure which its trace told of before: a bare one, or that of a caller. */
export interface Adoption {
  readonly item: SignalToStore;
  readonly incident: KnownIncident;
  /** The exception shows no code of the project, and what the caller's did remains. */
  readonly keepsFrames: boolean;
}

/**
 * Gives an incident the exception that explains it: title, type, stack, service and the exception's fingerprint, with a
 * `merged` decision. Rare (it needs what is in front to arrive first), hence one statement each.
 */
export async function adoptFingerprints(tx: Transaction<DB>, adoptions: readonly Adoption[]): Promise<void> {
  for (const { item, incident, keepsFrames } of adoptions) {
    const columns = incidentColumns(item.signal);
    const { cluster_id, namespace } = servicePlaceOf(item.signal);
    await sql`
      WITH named AS (
        INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
        SELECT ${newId()}::uuid, ${item.projectId}::uuid, ${cluster_id}, ${namespace}, ${columns.service}::varchar WHERE ${columns.service}::varchar IS NOT NULL
        ON CONFLICT (project_id, cluster_id, namespace, service_name) DO UPDATE SET service_name = EXCLUDED.service_name
        RETURNING service_id
      ), claimed AS (
        INSERT INTO incident_fingerprints (project_id, environment, version, fingerprint, incident_id)
        VALUES (${item.projectId}, ${item.signal.environment}, ${item.fingerprint.version}, ${item.fingerprint.hash}, ${incident.id})
        ON CONFLICT DO NOTHING RETURNING incident_id
      ), explained AS (
        UPDATE incidents SET title = ${columns.title}, detector = ${columns.detector}, error_type = ${columns.error_type},
          error_message = ${columns.error_message}, stack_trace = ${columns.stack_trace}, ${
            keepsFrames
              ? sql``
              : sql`frames = ${JSON.stringify(columns.frames)}::jsonb, file_path = ${columns.file_path}, line_number = ${columns.line_number},
          column_number = ${columns.column_number},`
          }
          commit_sha = coalesce(${columns.commit_sha}, commit_sha), release = coalesce(${columns.release}, release),
          service_id = coalesce((SELECT service_id FROM named), service_id), occurred_at = least(occurred_at, ${columns.occurred_at}::timestamptz)
        WHERE id IN (SELECT incident_id FROM claimed) RETURNING id, project_id
      )
      INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
      SELECT ${newId()}::uuid, project_id, id, 'merged', ${`The exception ${columns.title} came in the same trace and explains this failure.`},
        'trace/1', ${JSON.stringify({ traceId: item.signal.traceId, eventId: item.signal.eventId })}::jsonb
      FROM explained`.execute(tx);
  }
}
