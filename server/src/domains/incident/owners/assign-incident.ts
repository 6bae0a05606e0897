import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { incidentNotFound } from "../find-incident.ts";
import { eventColumns, incidentEvents } from "../incident-events.ts";

export interface Assignment {
  readonly incidentId: string;
  readonly projectId: string;
  /** A login, a team or an address; null takes it from whoever has it. */
  readonly to: string | null;
  /** In words for people. */
  readonly reason: string;
  /** Leave it to whoever has it already. */
  readonly onlyIfNobodys: boolean;
}

/**
 * Gives an incident to somebody, with its decision and the event `incident.assigned`. The same assignment again changes
 * nothing. @returns who has it now, and whether that changed.
 * @throws CulpritError NOT_FOUND when there is no such incident in the project.
 */
export async function assignIncident(
  scope: DatabaseScope,
  { incidentId, projectId, to, reason, onlyIfNobodys }: Assignment,
): Promise<{ readonly assignedTo: string | null; readonly isChanged: boolean }> {
  return scope.transaction(async (tx) => {
    const { rows: locked } = await sql<{ assigned_to: string | null }>`
      SELECT assigned_to FROM incidents WHERE id = ${incidentId} AND project_id = ${projectId} FOR NO KEY UPDATE`.execute(
      tx,
    );
    const before = locked[0];
    if (before === undefined) throw incidentNotFound(incidentId);
    const stays = before.assigned_to === to || (onlyIfNobodys && before.assigned_to !== null);
    if (stays) return { assignedTo: before.assigned_to, isChanged: false };
    await sql`
      WITH assigned AS (
        UPDATE incidents i SET assigned_to = ${to}, assigned_at = CASE WHEN ${to}::text IS NULL THEN NULL ELSE now() END
        WHERE i.id = ${incidentId}
        RETURNING ${eventColumns("i")}, ${newId()}::uuid AS workflow_event_id, ${reason}::text AS event_reason,
          (SELECT service_name FROM services s WHERE s.service_id = i.service_id) AS event_service
      ), decided AS (
        INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
        SELECT ${newId()}::uuid, project_id, id, 'assigned', ${reason}::text, 'owners/1', ${JSON.stringify({ from: before.assigned_to, to })}::jsonb
        FROM assigned
      ) ${incidentEvents("incident.assigned", sql`assigned`)}`.execute(tx);
    return { assignedTo: to, isChanged: true };
  });
}
