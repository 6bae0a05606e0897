import type { Occurrence } from "./occurrence.ts";
import type { StorePolicy } from "./signal-to-store.ts";

const LAST_PAYLOAD_EVERY_MS = 30_000;

/** The payloads (JSON) to keep, in the order of the occurrences; null for none. */
export interface KeptPayloads {
  /** Kept with the occurrence. */
  readonly samples: readonly (string | null)[];
  /** To replace the incident's newest payload. */
  readonly newest: readonly (string | null)[];
}

/**
 * Chooses the payloads to keep: of the first, second, fourth, eighth … occurrence, within the budget, and beside them that of an
 * exception which explains the others, and the newest, renewed at most every thirty seconds, so that a storm of one failure is not a storm of payloads. `weights` says by how much each occurrence counts.
 */
export function keepPayloads(
  occurrences: readonly Occurrence[],
  weights: readonly number[],
  policy: StorePolicy,
): KeptPayloads {
  const gained = new Map<string, { count: number; payloads: number; lastIndex: number }>();
  const samples = occurrences.map((occurrence, index) => {
    const { incident } = occurrence;
    if (!isOwn(occurrence)) return null;
    const own = gained.get(incident.id) ?? { count: 0, payloads: 0, lastIndex: index };
    gained.set(incident.id, own);
    own.count += weights[index] ?? 1;
    own.lastIndex = index;
    const position = incident.occurrenceCount + own.count;
    const isSampled = Number.isInteger(Math.log2(position));
    if (occurrence.isExplaining === true) {
      own.payloads += 1;
      return payloadOf(occurrence);
    }
    if (!isSampled || incident.payloadCount + own.payloads >= policy.payloadsPerIncident) return null;
    own.payloads += 1;
    return payloadOf(occurrence);
  });
  const newest = occurrences.map((occurrence, index) => {
    const { incident, item } = occurrence;
    const own = gained.get(incident.id);
    if (own === undefined || own.lastIndex !== index || own.payloads > 0 || incident.lastPayloadAt === null)
      return null;
    const isDue = item.receivedAt.getTime() - incident.lastPayloadAt.getTime() >= LAST_PAYLOAD_EVERY_MS;
    return isDue ? payloadOf(occurrence) : null;
  });
  return { samples, newest };
}

/**
 * Whether an occurrence tells of the incident's own failure: what joined it by the trace from another service, or says only that a request failed where an exception says why, is
 * another view of it, and its payload would show another's span.
 */
function isOwn({ incident, item: { signal }, reason }: Occurrence): boolean {
  if (signal.exceptions.length === 0 && incident.errorType !== null) return false;
  if (reason !== "same_trace") return true;
  return signal.service === null || incident.service === null || signal.service === incident.service;
}

/** What was sent, without the frames of the exception itself: the incident has them, and lines move only with releases. */
function payloadOf({ item: { signal } }: Occurrence): string {
  const { payload, exceptions, request, runtime, spanId } = signal;
  const shortened = exceptions.map(({ type, message, frames }, index) =>
    index === 0 ? { type, message } : { type, message, frames },
  );
  return JSON.stringify({ ...payload, exceptions: shortened, request, runtime, spanId });
}
