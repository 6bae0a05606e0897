import type { CulpritEventType, IncidentStatus } from "@culprit/contract";
import { type RawBuilder, sql } from "kysely";
import { insertEvents } from "../workflow/index.ts";

/** What triggers are told when an incident comes to a state; the steps of the runner between them are no events. */
export const eventOfMove: Partial<Record<IncidentStatus, CulpritEventType>> = {
  open: "incident.reopened",
  triaged: "incident.approved",
  suppressed: "incident.suppressed",
  diagnosed: "incident.diagnosed",
  resolved: "incident.resolved",
  failed: "incident.failed",
  agent_failed: "incident.failed",
};

/** What `incidentEvents` needs of the incident, from `RETURNING` of the statement that opened or moved it. */
export function eventColumns(incident: "i" | "incidents"): RawBuilder<unknown> {
  const names = [
    ...["id", "project_id", "service_id", "incident_id", "title", "severity", "status", "environment", "error_type"],
    ...["source", "release", "commit_sha"],
  ];
  return sql.join(names.map((name) => sql.ref(`${incident}.${name}`)));
}

/** What triggers read of an incident `m` of a project `p`. */
export const eventPayload = sql`jsonb_build_object(
        'id', m.incident_id, 'title', m.title, 'severity', m.severity, 'status', m.status, 'environment', m.environment,
        'service', coalesce(m.event_service, regexp_replace(lower(p.name), '[ ._-]+', '-', 'g')),
        'error_type', m.error_type, 'source', m.source, 'release', m.release, 'commit', m.commit_sha,
        'url', '/incidents/' || m.incident_id, 'reason', m.event_reason)`;

/**
 * Stores an event for each row of `source`, a CTE of the statement that opened or moved the incidents: they have no event
 * without that, and no storm of them is a storm of statements. The rows have `eventColumns`, `workflow_event_id`,
 * `event_reason` and `event_service`, which is null for the service that the project itself is.
 */
export function incidentEvents(type: CulpritEventType, source: RawBuilder<unknown>): RawBuilder<unknown> {
  return insertEvents(sql`
    SELECT m.workflow_event_id, m.project_id, ${type}::text, 'incident:' || m.incident_id, ${payloadOf(type)},
      m.id, NULL::uuid, NULL::uuid, NULL::text, NULL::timestamptz
    FROM ${source} m JOIN projects p ON p.id = m.project_id`);
}

/** What was merged names the incident that goes on. */
function payloadOf(type: CulpritEventType): RawBuilder<unknown> {
  return type === "incident.merged"
    ? sql`${eventPayload} || jsonb_build_object('merged_into', m.details ->> 'merged_into')`
    : eventPayload;
}
