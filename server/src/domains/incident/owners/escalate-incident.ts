import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { incidentNotFound } from "../find-incident.ts";
import { eventColumns, incidentEvents } from "../incident-events.ts";

export interface Escalation {
  readonly incidentId: string;
  readonly projectId: string;
  /** In words for people. */
  readonly reason: string;
  /** The same for every try of one escalation: a second one with it changes nothing. */
  readonly key: string;
  /** Only while nobody took it up. */
  readonly onlyIfUnacknowledged: boolean;
}

export interface Escalated {
  readonly isEscalated: boolean;
  readonly level: number;
  /** Why not, in words for people. */
  readonly reason: string;
}

/** Somebody has it, a person said something about it, or it is settled. */
export const acknowledged = sql<boolean>`(i.assigned_to IS NOT NULL OR i.status IN ('resolved', 'suppressed')
  OR EXISTS (SELECT 1 FROM feedback_events f WHERE f.incident_id = i.id AND f.actor_type = 'user'))`;

/**
 * Raises an incident's level by one, with its decision and the event `incident.escalated`.
 * @throws CulpritError NOT_FOUND when there is no such incident in the project.
 */
export async function escalateIncident(
  scope: DatabaseScope,
  { incidentId, projectId, reason, key, onlyIfUnacknowledged }: Escalation,
): Promise<Escalated> {
  return scope.transaction(async (tx) => {
    // The lock comes first: what other tables say of it is read by the next statement, which sees what was committed meanwhile.
    await sql`SELECT 1 FROM incidents WHERE id = ${incidentId} AND project_id = ${projectId} FOR NO KEY UPDATE`.execute(
      tx,
    );
    const { rows } = await sql<{
      escalation_level: number;
      status: string;
      is_acknowledged: boolean;
      is_done: boolean;
    }>`
      SELECT i.escalation_level, i.status, ${acknowledged} AS is_acknowledged, EXISTS (SELECT 1 FROM incident_decisions d
        WHERE d.incident_id = i.id AND d.decision = 'escalated' AND d.details->>'key' = ${key}) AS is_done
      FROM incidents i WHERE i.id = ${incidentId} AND i.project_id = ${projectId}`.execute(tx);
    const found = rows[0];
    if (found === undefined) throw incidentNotFound(incidentId);
    const level = found.escalation_level;
    if (found.is_done) return { isEscalated: true, level, reason };
    if (found.status === "resolved" || found.status === "suppressed")
      return { isEscalated: false, level, reason: `It is ${found.status}.` };
    if (onlyIfUnacknowledged && found.is_acknowledged)
      return { isEscalated: false, level, reason: "Somebody took it up." };
    await sql`
      WITH escalated AS (
        UPDATE incidents i SET escalation_level = escalation_level + 1, escalated_at = now() WHERE i.id = ${incidentId}
        RETURNING ${eventColumns("i")}, ${newId()}::uuid AS workflow_event_id, ${reason}::text AS event_reason,
          (SELECT service_name FROM services s WHERE s.service_id = i.service_id) AS event_service
      ), decided AS (
        INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
        SELECT ${newId()}::uuid, project_id, id, 'escalated', ${reason}::text, 'owners/1', ${JSON.stringify({ key, level: level + 1 })}::jsonb
        FROM escalated
      ) ${incidentEvents("incident.escalated", sql`escalated`)}`.execute(tx);
    return { isEscalated: true, level: level + 1, reason };
  });
}
