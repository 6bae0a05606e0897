import { doorKey } from "./look-up.ts";
import type { Occurrence } from "./occurrence.ts";

/** Who told: the door, and apart from its exceptions the bare failures, which tell of the same request again. */
export function tellerOf({ item: { signal } }: Occurrence): string {
  return signal.exceptions.length === 0 ? `${signal.door}/bare` : signal.door;
}

/**
 * By how much each occurrence counts, in their order. An incident counts, for each trace, what its most talkative
 * teller told, so that an SDK error and the span of the same request are one. `doorCounts` is what was told before; it
 * is counted on.
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
