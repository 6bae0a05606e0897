import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { acknowledgeEvents } from "./acknowledge-events.ts";
import { countTraces } from "./count-traces.ts";
import { keepPayloads } from "./keep-payloads.ts";
import type { Occurrence } from "./occurrence.ts";
import { eventKey, type StorePolicy } from "./signal-to-store.ts";

/**
 * Writes the occurrences with the payloads worth keeping and moves the counters. Several doors telling of one trace
 * count once.
 * @returns events that another writer acknowledged meanwhile: `eventKey` → incident; they were not counted.
 */
export async function countOccurrences(
  tx: Transaction<DB>,
  occurrences: readonly Occurrence[],
  policy: StorePolicy,
): Promise<{ readonly repeated: ReadonlyMap<string, string> }> {
  if (occurrences.length === 0) return { repeated: new Map() };
  const repeated = await acknowledgeEvents(tx, occurrences);
  const counted = occurrences.filter(({ item }) => !repeated.has(eventKey(item)));
  if (counted.length === 0) return { repeated };
  const extra = await countTraces(tx, counted);
  const { payloads, tallies } = keepPayloads(counted, extra, policy);
  const signals = counted.map(({ item }) => item.signal);
  await sql`
    INSERT INTO incident_occurrences (received_at, incident_id, event_id, project_id, occurred_at, door, reason, is_counted, release, commit_sha, trace_id, payload)
    SELECT * FROM unnest(${counted.map(({ item }) => item.receivedAt)}::timestamptz[], ${counted.map(({ incident }) => incident.id)}::uuid[],
      ${signals.map(({ eventId }) => eventId)}::uuid[], ${counted.map(({ item }) => item.projectId)}::uuid[],
      ${signals.map(({ occurredAt }) => occurredAt)}::timestamptz[], ${signals.map(({ door }) => door)}::text[],
      ${counted.map(({ reason }) => reason)}::text[], ${counted.map(({ item }) => extra.get(eventKey(item)) !== 0)}::boolean[],
      ${signals.map(({ release }) => release)}::text[],
      ${signals.map(({ commitSha }) => commitSha)}::text[], ${signals.map(({ traceId }) => traceId)}::text[], ${payloads}::jsonb[])`.execute(
    tx,
  );
  await sql`
    INSERT INTO incident_counters AS c (incident_id, occurrence_count, payload_count, last_payload_at, first_seen_at, last_seen_at)
    SELECT * FROM unnest(${tallies.map(({ incidentId }) => incidentId)}::uuid[], ${tallies.map(({ count }) => count)}::bigint[],
      ${tallies.map((tally) => tally.payloads)}::int[],
      ${tallies.map((tally) => (tally.payloads > 0 || tally.newest !== null ? tally.lastAt : null))}::timestamptz[],
      ${tallies.map(({ firstAt }) => firstAt)}::timestamptz[], ${tallies.map(({ lastAt }) => lastAt)}::timestamptz[])
    ON CONFLICT (incident_id) DO UPDATE SET occurrence_count = c.occurrence_count + EXCLUDED.occurrence_count,
      payload_count = c.payload_count + EXCLUDED.payload_count,
      last_payload_at = coalesce(EXCLUDED.last_payload_at, c.last_payload_at),
      last_seen_at = greatest(c.last_seen_at, EXCLUDED.last_seen_at)`.execute(tx);
  const renewed = tallies.flatMap(({ incidentId, lastAt, newest }) =>
    newest === null ? [] : [{ incidentId, lastAt, ...newest }],
  );
  if (renewed.length > 0) {
    await sql`
      INSERT INTO incident_last_payloads (incident_id, event_id, received_at, payload)
      SELECT * FROM unnest(${renewed.map(({ incidentId }) => incidentId)}::uuid[], ${renewed.map(({ occurrence }) => occurrence.item.signal.eventId)}::uuid[],
        ${renewed.map(({ lastAt }) => lastAt)}::timestamptz[], ${renewed.map(({ payload }) => payload)}::jsonb[])
      ON CONFLICT (incident_id) DO UPDATE SET event_id = EXCLUDED.event_id, received_at = EXCLUDED.received_at, payload = EXCLUDED.payload`.execute(
      tx,
    );
  }
  return { repeated };
}
