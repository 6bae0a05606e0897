import { doorKey } from "./look-up.ts";
import type { Occurrence } from "./occurrence.ts";

/**
 * Who told: the door and, of the doors of OpenTelemetry, the service, because each service that a failure passes through tells of it again; and which of
 * its bare failures, because a request that fails logs several lines and is answered with 5xx besides. An SDK may name its service only later.
 */
export function tellerOf({ item: { signal, fingerprint } }: Occurrence): string {
  const { door, service, exceptions } = signal;
  const place = (door === "otlp" || door === "logs") && service !== null ? `${door}/${service}` : door;
  return exceptions.length === 0 ? `${place}/bare/${fingerprint.hash.toString("hex", 0, 4)}` : place;
}

/**
 * By how much each occurrence counts, in their order. An incident counts, for each trace, what its most talkative
 * teller told, so that an SDK error and the span of the same request are one, and so are the answers 5xx of all services
 * that the failure passed through. `doorCounts` is what was told before; it is counted on.
 */
export function countTraces(
  occurrences: readonly Occurrence[],
  doorCounts: Map<string, Map<string, number>>,
): readonly number[] {
  return occurrences.map((occurrence) => {
    const { traceKey } = occurrence.item;
    if (traceKey === null) return 1;
    const key = doorKey(traceKey, occurrence.incident.id);
    const doors = doorCounts.get(key) ?? new Map<string, number>();
    const before = Math.max(0, ...doors.values());
    const teller = tellerOf(occurrence);
    doors.set(teller, (doors.get(teller) ?? 0) + 1);
    doorCounts.set(key, doors);
    return Math.max(...doors.values()) - before;
  });
}
