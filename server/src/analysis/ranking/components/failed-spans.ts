import type { Share } from "../../detection/surprise.ts";
import type { Observations, OperationShift, OperationStatistics } from "../../observations/observations.ts";

/** How many spans of an operation failed, before and in the trouble, and by how much that share rose. */
export interface FailedSpans {
  readonly before: Share;
  readonly now: Share;
  readonly rise: number;
}

/**
 * Counts the failed spans of an operation: all of them, or those that failed while nothing that they called did (`own`). An operation that was not seen before may
 * have failed as well then: one span without a failure is assumed.
 */
export function failedSpans(
  { baseline, incident }: OperationShift,
  observations: Observations,
  which: "all" | "own",
): FailedSpans {
  const shareOf = (side: OperationStatistics) =>
    which === "own" ? (side.ownErrorShare ?? side.errorShare) : side.errorShare;
  const countOf = (side: OperationStatistics, when: "baseline" | "incident") =>
    side.count ?? (side.perMinute * (observations[when].to - observations[when].from)) / 60_000;
  const [few, many] = [Math.max(1, countOf(baseline, "baseline")), countOf(incident, "incident")];
  return {
    before: { count: shareOf(baseline) * few, of: few },
    now: { count: shareOf(incident) * many, of: many },
    rise: many > 0 ? shareOf(incident) - shareOf(baseline) : 0,
  };
}
