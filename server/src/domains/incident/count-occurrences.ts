import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { KnownIncident } from "./find-incidents.ts";
import { eventKey, type JoinReason, type SignalToStore, type StorePolicy } from "./signal-to-store.ts";

/** A signal that found its incident. */
export interface Occurrence {
  readonly item: SignalToStore;
  readonly incident: KnownIncident;
  readonly reason: JoinReason;
}

/**
 * Writes the occurrences, keeps the payloads that the budget allows (the first ones, then every power of two, and the
 * newest) and moves the counters. Several doors telling of one trace count once.
 * @returns events that another writer acknowledged meanwhile: `eventKey` → incident; they were not counted.
 */
export async function countOccurrences(
  tx: Transaction<DB>,
  occurrences: readonly Occurrence[],
  policy: StorePolicy,
): Promise<{ readonly repeated: ReadonlyMap<string, string> }> {
  if (occurrences.length === 0) return { repeated: new Map() };
  const repeated = await acknowledge(tx, occurrences);
  const counted = occurrences.filter(({ item }) => !repeated.has(eventKey(item)));
  if (counted.length === 0) return { repeated };
  const extra = await countTraces(tx, counted);
  const totals = new Map<
    string,
    { count: number; payloads: number; firstAt: Date; lastAt: Date; newest: Occurrence }
  >();
  const kept = counted.map((occurrence) => {
    const { item, incident } = occurrence;
    const total = totals.get(incident.id) ?? {
      count: 0,
      payloads: 0,
      firstAt: item.receivedAt,
      lastAt: item.receivedAt,
      newest: occurrence,
    };
    total.count += extra.get(eventKey(item)) ?? 1;
    const position = incident.occurrenceCount + total.count;
    const isKept =
      incident.payloadCount + total.payloads < policy.payloadsPerIncident &&
      (position <= 10 || Number.isInteger(Math.log2(position)));
    if (isKept) total.payloads += 1;
    if (item.receivedAt < total.firstAt) total.firstAt = item.receivedAt;
    if (item.receivedAt >= total.lastAt) [total.lastAt, total.newest] = [item.receivedAt, occurrence];
    totals.set(incident.id, total);
    return isKept ? payloadOf(occurrence) : null;
  });
  await sql`
    INSERT INTO incident_occurrences (received_at, incident_id, event_id, project_id, occurred_at, door, reason, release, commit_sha, trace_id, payload)
    SELECT * FROM unnest(${counted.map(({ item }) => item.receivedAt)}::timestamptz[], ${counted.map(({ incident }) => incident.id)}::uuid[],
      ${counted.map(({ item }) => item.signal.eventId)}::uuid[], ${counted.map(({ item }) => item.projectId)}::uuid[],
      ${counted.map(({ item }) => item.signal.occurredAt)}::timestamptz[], ${counted.map(({ item }) => item.signal.door)}::text[],
      ${counted.map(({ reason }) => reason)}::text[], ${counted.map(({ item }) => item.signal.release)}::text[],
      ${counted.map(({ item }) => item.signal.commitSha)}::text[], ${counted.map(({ item }) => item.signal.traceId)}::text[], ${kept}::jsonb[])`.execute(
    tx,
  );
  const rows = [...totals.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const ids = rows.map(([id]) => id);
  await sql`
    INSERT INTO incident_counters AS c (incident_id, occurrence_count, payload_count, first_seen_at, last_seen_at)
    SELECT * FROM unnest(${ids}::uuid[], ${rows.map(([, total]) => total.count)}::bigint[], ${rows.map(([, total]) => total.payloads)}::int[],
      ${rows.map(([, total]) => total.firstAt)}::timestamptz[], ${rows.map(([, total]) => total.lastAt)}::timestamptz[])
    ON CONFLICT (incident_id) DO UPDATE SET occurrence_count = c.occurrence_count + EXCLUDED.occurrence_count,
      payload_count = c.payload_count + EXCLUDED.payload_count,
      last_seen_at = greatest(c.last_seen_at, EXCLUDED.last_seen_at)`.execute(tx);
  await sql`
    INSERT INTO incident_last_payloads AS p (incident_id, event_id, received_at, payload)
    SELECT * FROM unnest(${ids}::uuid[], ${rows.map(([, total]) => total.newest.item.signal.eventId)}::uuid[],
      ${rows.map(([, total]) => total.lastAt)}::timestamptz[], ${rows.map(([, total]) => payloadOf(total.newest))}::jsonb[])
    ON CONFLICT (incident_id) DO UPDATE SET event_id = EXCLUDED.event_id, received_at = EXCLUDED.received_at, payload = EXCLUDED.payload
    WHERE p.received_at < EXCLUDED.received_at - interval '5 seconds'`.execute(tx);
  return { repeated };
}

/** Claims the event ids; what was claimed before comes back with its incident. */
async function acknowledge(tx: Transaction<DB>, occurrences: readonly Occurrence[]): Promise<Map<string, string>> {
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

/**
 * How much each traced occurrence adds to its incident's count: an incident counts, for each trace, what its most
 * talkative door told, so that an SDK error and the span of the same request are one.
 */
async function countTraces(tx: Transaction<DB>, occurrences: readonly Occurrence[]): Promise<Map<string, number>> {
  const traced = occurrences.filter(({ item }) => item.signal.traceId !== null);
  const extra = new Map<string, number>();
  if (traced.length === 0) return extra;
  const { rows } = await sql<{ trace_id: string; incident_id: string; door: string; event_count: number }>`
    SELECT t.trace_id, t.incident_id, t.door, t.event_count FROM incident_traces t
    JOIN (SELECT DISTINCT * FROM unnest(${traced.map(({ item }) => item.projectId)}::uuid[], ${traced.map(({ item }) => item.signal.traceId)}::text[],
      ${traced.map(({ incident }) => incident.id)}::uuid[])) AS s(project_id, trace_id, incident_id) USING (project_id, trace_id, incident_id)`.execute(
    tx,
  );
  const byPair = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const pair = `${row.trace_id} ${row.incident_id}`;
    byPair.set(pair, (byPair.get(pair) ?? new Map()).set(row.door, row.event_count));
  }
  const added = new Map<string, { occurrence: Occurrence; count: number }>();
  for (const occurrence of traced) {
    const { signal } = occurrence.item;
    const pair = `${signal.traceId} ${occurrence.incident.id}`;
    const doors = byPair.get(pair) ?? new Map<string, number>();
    const before = Math.max(0, ...doors.values());
    const teller = tellerOf(occurrence);
    doors.set(teller, (doors.get(teller) ?? 0) + 1);
    byPair.set(pair, doors);
    extra.set(eventKey(occurrence.item), Math.max(...doors.values()) - before);
    const row = `${pair} ${teller}`;
    added.set(row, { occurrence, count: (added.get(row)?.count ?? 0) + 1 });
  }
  const sorted = [...added.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await sql`
    INSERT INTO incident_traces AS t (project_id, trace_id, incident_id, door, event_count)
    SELECT * FROM unnest(${sorted.map(({ occurrence }) => occurrence.item.projectId)}::uuid[], ${sorted.map(({ occurrence }) => occurrence.item.signal.traceId)}::text[],
      ${sorted.map(({ occurrence }) => occurrence.incident.id)}::uuid[], ${sorted.map(({ occurrence }) => tellerOf(occurrence))}::text[],
      ${sorted.map(({ count }) => count)}::int[])
    ON CONFLICT (project_id, trace_id, incident_id, door) DO UPDATE SET event_count = t.event_count + EXCLUDED.event_count`.execute(
    tx,
  );
  return extra;
}

/** Who told: the door, and apart from its exceptions the bare failures, which tell of the same request again. */
function tellerOf({ item: { signal } }: Occurrence): string {
  return signal.exceptions.length === 0 ? `${signal.door}/bare` : signal.door;
}

function payloadOf({ item: { signal } }: Occurrence): string {
  const { payload, exceptions, request, runtime, spanId } = signal;
  return JSON.stringify({ ...payload, exceptions, request, runtime, spanId });
}
