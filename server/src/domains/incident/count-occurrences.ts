import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { countTraces, tellerOf } from "./count-traces.ts";
import { keepPayloads } from "./keep-payloads.ts";
import { type Known, lookUp } from "./look-up.ts";
import type { Occurrence } from "./occurrence.ts";
import type { StorePolicy } from "./signal-to-store.ts";

/**
 * Writes the occurrences with the payloads worth keeping, and moves the counters, in one statement that counts only
 * the event ids it could claim.
 * @returns events that another writer acknowledged meanwhile: `eventKey` → incident; they were not counted.
 */
export async function countOccurrences(
  tx: Transaction<DB>,
  occurrences: readonly Occurrence[],
  known: Known,
  policy: StorePolicy,
): Promise<ReadonlyMap<string, string>> {
  if (occurrences.length === 0) return new Map();
  const weights = countTraces(occurrences, known.doorCounts);
  const { samples, newest } = keepPayloads(occurrences, weights, policy);
  const items = occurrences.map(({ item }) => item);
  const signals = items.map(({ signal }) => signal);
  const { rows } = await sql<{ claimed: number }>`
    WITH s AS (
      SELECT * FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${signals.map(({ eventId }) => eventId)}::uuid[],
        ${occurrences.map(({ incident }) => incident.id)}::uuid[], ${items.map(({ receivedAt }) => receivedAt)}::timestamptz[],
        ${signals.map(({ occurredAt }) => occurredAt)}::timestamptz[], ${signals.map(({ door }) => door)}::text[],
        ${occurrences.map(tellerOf)}::text[], ${occurrences.map(({ reason }) => reason)}::text[], ${weights}::int[],
        ${signals.map(({ release }) => release)}::text[], ${signals.map(({ commitSha }) => commitSha)}::text[],
        ${signals.map(({ traceId }) => traceId)}::text[], ${samples}::jsonb[], ${newest}::jsonb[])
        AS s(project_id, event_id, incident_id, received_at, occurred_at, door, teller, reason, weight, release, commit_sha, trace_id, payload, newest)
    ), claimed AS (
      INSERT INTO event_ids (project_id, event_id, incident_id, received_at)
      SELECT project_id, event_id, incident_id, received_at FROM s ORDER BY project_id, event_id
      ON CONFLICT DO NOTHING RETURNING project_id, event_id
    ), fresh AS MATERIALIZED (
      SELECT s.* FROM s JOIN claimed USING (project_id, event_id)
    ), occurred AS (
      INSERT INTO incident_occurrences (received_at, incident_id, event_id, project_id, occurred_at, door, reason, is_counted, release, commit_sha, trace_id, payload)
      SELECT received_at, incident_id, event_id, project_id, occurred_at, door, reason, weight > 0, release, commit_sha, trace_id, payload FROM fresh
    ), counted AS (
      INSERT INTO incident_counters AS c (incident_id, project_id, occurrence_count, payload_count, last_payload_at, first_seen_at, last_seen_at)
      SELECT incident_id, project_id, sum(weight), count(payload), max(received_at) FILTER (WHERE payload IS NOT NULL OR newest IS NOT NULL),
        min(received_at), max(received_at)
      FROM fresh GROUP BY incident_id, project_id ORDER BY incident_id
      ON CONFLICT (incident_id) DO UPDATE SET occurrence_count = c.occurrence_count + EXCLUDED.occurrence_count,
        payload_count = c.payload_count + EXCLUDED.payload_count,
        last_payload_at = coalesce(EXCLUDED.last_payload_at, c.last_payload_at),
        last_seen_at = greatest(c.last_seen_at, EXCLUDED.last_seen_at)
    ), traced AS (
      INSERT INTO incident_traces AS t (project_id, trace_id, incident_id, door, event_count)
      SELECT project_id, trace_id, incident_id, teller, count(*) FROM fresh WHERE trace_id IS NOT NULL
      GROUP BY project_id, trace_id, incident_id, teller ORDER BY project_id, trace_id, incident_id, teller
      ON CONFLICT (project_id, trace_id, incident_id, door) DO UPDATE SET event_count = t.event_count + EXCLUDED.event_count
    ), renewed AS (
      INSERT INTO incident_last_payloads (incident_id, project_id, event_id, received_at, payload)
      SELECT incident_id, project_id, event_id, received_at, newest FROM fresh WHERE newest IS NOT NULL ORDER BY incident_id
      ON CONFLICT (incident_id) DO UPDATE SET event_id = EXCLUDED.event_id, received_at = EXCLUDED.received_at, payload = EXCLUDED.payload
    )
    SELECT count(*) AS claimed FROM claimed`.execute(tx);
  if (rows[0]?.claimed === occurrences.length) return new Map();
  // Another writer was first with some. Its rows are seen now; those that name our incident of this batch are ours.
  const { acknowledged } = await lookUp(tx, items);
  const own = await sql<{ key: string }>`
    SELECT s.key FROM unnest(${items.map(({ eventKey }) => eventKey)}::text[], ${items.map(({ projectId }) => projectId)}::uuid[],
      ${signals.map(({ eventId }) => eventId)}::uuid[]) AS s(key, project_id, event_id)
    JOIN event_ids e USING (project_id, event_id) WHERE e.xmin = pg_current_xact_id()::xid`.execute(tx);
  const mine = new Set(own.rows.map(({ key }) => key));
  return new Map([...acknowledged].filter(([key]) => !mine.has(key)));
}
