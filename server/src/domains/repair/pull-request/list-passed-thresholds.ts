import { settledStatuses } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { readSettings } from "./settings.ts";

/** In the details of a decision: what it waits for, so that it is asked again when that has come. */
export const waitsFor = "waits_for";

/** A proven patch that waited for more occurrences of its failure, which have come. */
export interface PassedThreshold {
  /** Of the decision that waited: one more look follows from each. */
  readonly decisionId: string;
  readonly incidentId: string;
  readonly projectId: string;
}

const listMax = 100;

/** Incidents that were last decided to be seen too rarely for a pull request without a person, and are seen often enough now; oldest first. */
export async function listPassedThresholds(db: Kysely<DB>): Promise<readonly PassedThreshold[]> {
  const { rows } = await sql<PassedThreshold & { occurrences: number; settings: unknown }>`
    SELECT d.id AS "decisionId", i.id AS "incidentId", i.project_id AS "projectId", c.occurrence_count::int AS occurrences, p.settings
    FROM pull_request_decisions d JOIN incidents i ON i.id = d.incident_id JOIN incident_counters c ON c.incident_id = i.id
      JOIN projects p ON p.id = i.project_id
    WHERE d.outcome = 'below_threshold' AND d.details ->> ${waitsFor}::text = 'events' AND i.status <> ALL (${[...settledStatuses]}::text[])
      AND p.settings -> 'pullRequests' ->> 'mode' = 'auto' AND p.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM pull_request_decisions later WHERE later.incident_id = d.incident_id
        AND (later.created_at, later.id) > (d.created_at, d.id))
    ORDER BY d.created_at, d.id`.execute(db);
  return rows
    .filter(({ occurrences, settings }) => occurrences >= readSettings(settings).min_events)
    .slice(0, listMax)
    .map(({ decisionId, incidentId, projectId }) => ({ decisionId, incidentId, projectId }));
}
