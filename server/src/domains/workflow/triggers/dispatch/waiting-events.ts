import { sql, type Transaction } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";

/** A batch is held in memory; this is what its payloads may have as the database keeps them, compressed. */
const BATCH_BYTES = 4_000_000;

export interface WaitingEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly subject: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly incident_id: string | null;
  readonly created_at: Date;
  readonly project_name: string;
}

/** The oldest events of a project that wait, at most `limit`, and fewer where they are large; the first whatever its size. */
export async function waitingEvents(
  tx: Transaction<DB>,
  projectId: string,
  limit: number,
): Promise<readonly WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`
    WITH first AS (
      SELECT * FROM workflow_events WHERE project_id = ${projectId} AND matched_at IS NULL ORDER BY event_id LIMIT ${limit}
    ), summed AS (
      SELECT *, sum(pg_column_size(payload)) OVER (ORDER BY event_id) - pg_column_size(payload) AS before FROM first
    )
    SELECT e.event_id, e.event_type, e.subject, e.payload, e.incident_id, e.created_at, p.name AS project_name
    FROM summed e JOIN projects p ON p.id = e.project_id WHERE before < ${BATCH_BYTES} ORDER BY e.event_id`.execute(tx);
  return rows;
}
