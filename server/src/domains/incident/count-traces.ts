import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { Occurrence } from "./occurrence.ts";
import { eventKey } from "./signal-to-store.ts";

/**
 * How much each traced occurrence adds to its incident's count: an incident counts, for each trace, what its most
 * talkative door told, so that an SDK error and the span of the same request are one.
 */
export async function countTraces(
  tx: Transaction<DB>,
  occurrences: readonly Occurrence[],
): Promise<Map<string, number>> {
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
