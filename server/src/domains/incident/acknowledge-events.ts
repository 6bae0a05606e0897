import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { Occurrence } from "./occurrence.ts";
import { eventKey } from "./signal-to-store.ts";

/** Claims the event ids; what was claimed before comes back with its incident. */
export async function acknowledgeEvents(
  tx: Transaction<DB>,
  occurrences: readonly Occurrence[],
): Promise<Map<string, string>> {
  const sorted = [...occurrences].sort((a, b) => (eventKey(a.item) < eventKey(b.item) ? -1 : 1));
  const projects = sorted.map(({ item }) => item.projectId);
  const events = sorted.map(({ item }) => item.signal.eventId);
  const claimed = await sql`
    INSERT INTO event_ids (project_id, event_id, incident_id, received_at)
    SELECT * FROM unnest(${projects}::uuid[], ${events}::uuid[], ${sorted.map(({ incident }) => incident.id)}::uuid[],
      ${sorted.map(({ item }) => item.receivedAt)}::timestamptz[])
    ON CONFLICT DO NOTHING`.execute(tx);
  if (claimed.numAffectedRows === BigInt(sorted.length)) return new Map();
  // Another writer was first with some: those rows carry its incident and, unlike ours, were there before this statement.
  const { rows } = await sql<{ project_id: string; event_id: string; incident_id: string; is_mine: boolean }>`
    SELECT project_id, replace(event_id::text, '-', '') AS event_id, incident_id, e.xmin = pg_current_xact_id()::xid AS is_mine
    FROM event_ids e JOIN unnest(${projects}::uuid[], ${events}::uuid[]) AS s(project_id, event_id) USING (project_id, event_id)`.execute(
    tx,
  );
  return new Map(
    rows.filter((row) => !row.is_mine).map((row) => [`${row.project_id} ${row.event_id}`, row.incident_id]),
  );
}
