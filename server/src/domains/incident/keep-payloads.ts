import type { Occurrence } from "./occurrence.ts";
import { eventKey, type StorePolicy } from "./signal-to-store.ts";

const LAST_PAYLOAD_EVERY_MS = 5000;

/** What a batch adds to one incident. */
export interface IncidentTally {
  readonly incidentId: string;
  count: number;
  payloads: number;
  firstAt: Date;
  lastAt: Date;
  /** The newest payload, where it is to replace the one kept before. */
  newest: { readonly occurrence: Occurrence; readonly payload: string } | null;
}

export interface Kept {
  /** For each occurrence, the payload to keep with it (JSON), or null. */
  readonly payloads: readonly (string | null)[];
  /** Sorted by incident. */
  readonly tallies: readonly IncidentTally[];
}

/**
 * Chooses the payloads to keep and adds up what each incident gains: kept are those of the first ten occurrences and of
 * every power of two after that, within the budget, and beside them the newest, renewed at most every five seconds so
 * that a storm of one failure is not a storm of payloads. `extra` says by how much an occurrence counts, 1 unless said.
 */
export function keepPayloads(
  occurrences: readonly Occurrence[],
  extra: ReadonlyMap<string, number>,
  policy: StorePolicy,
): Kept {
  const tallies = new Map<string, IncidentTally>();
  const newest = new Map<string, Occurrence>();
  const payloads = occurrences.map((occurrence) => {
    const { item, incident } = occurrence;
    const at = item.receivedAt;
    const fresh = { incidentId: incident.id, count: 0, payloads: 0, firstAt: at, lastAt: at, newest: null };
    const tally = tallies.get(incident.id) ?? fresh;
    tallies.set(incident.id, tally);
    tally.count += extra.get(eventKey(item)) ?? 1;
    if (at < tally.firstAt) tally.firstAt = at;
    if (at >= tally.lastAt) {
      tally.lastAt = at;
      newest.set(incident.id, occurrence);
    }
    const position = incident.occurrenceCount + tally.count;
    const isSampled = position <= 10 || Number.isInteger(Math.log2(position));
    if (!isSampled || incident.payloadCount + tally.payloads >= policy.payloadsPerIncident) return null;
    tally.payloads += 1;
    return payloadOf(occurrence);
  });
  for (const [incidentId, occurrence] of newest) {
    const tally = tallies.get(incidentId);
    const { lastPayloadAt } = occurrence.incident;
    const isDue =
      lastPayloadAt !== null && occurrence.item.receivedAt.getTime() - lastPayloadAt.getTime() >= LAST_PAYLOAD_EVERY_MS;
    if (tally !== undefined && tally.payloads === 0 && isDue)
      tally.newest = { occurrence, payload: payloadOf(occurrence) };
  }
  return { payloads, tallies: [...tallies.values()].sort((a, b) => (a.incidentId < b.incidentId ? -1 : 1)) };
}

/** What was sent, without the frames of the exception itself: the incident has them, and lines move only with releases. */
function payloadOf({ item: { signal } }: Occurrence): string {
  const { payload, exceptions, request, runtime, spanId } = signal;
  const shortened = exceptions.map(({ type, message, frames }, index) =>
    index === 0 ? { type, message } : { type, message, frames },
  );
  return JSON.stringify({ ...payload, exceptions: shortened, request, runtime, spanId });
}
