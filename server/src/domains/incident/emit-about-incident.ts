import type { CulpritEventType } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { insertEvents } from "../workflow/index.ts";
import { eventPayload } from "./incident-events.ts";

/**
 * Stores an event about an incident for triggers, in the caller's transaction: what was found of it, said of it or proven for
 * it. Conditions read the incident as `event.incident`, with environment, service and severity for the matchers.
 */
export async function emitAboutIncident(
  tx: Transaction<DB>,
  event: {
    readonly type: CulpritEventType;
    readonly incidentId: string;
    /** Texts of it are clean: no NUL, no lone surrogate. */
    readonly payload: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { type, incidentId, payload } = event;
  await insertEvents(sql`
    SELECT ${newId()}::uuid, m.project_id, ${type}::text, 'incident:' || m.incident_id,
      ${JSON.stringify(payload)}::jsonb || jsonb_build_object('incident', ${eventPayload}),
      m.id, NULL::uuid, NULL::uuid, NULL::text, NULL::timestamptz
    FROM (SELECT i.*, s.service_name AS event_service, NULL::text AS event_reason
      FROM incidents i LEFT JOIN services s ON s.service_id = i.service_id WHERE i.id = ${incidentId}) m
    JOIN projects p ON p.id = m.project_id`).execute(tx);
}
