import type { WorldRevision } from "../../analysis/world/world.ts";

/** The revision that ran when the failure began, and the one before it. */
export interface ChosenRevisions {
  readonly running: WorldRevision | null;
  readonly before: WorldRevision | null;
}

/**
 * Chooses from a timeline, oldest first. What the first occurrence says of itself goes before what the clock says: while
 * instances are replaced, two revisions run.
 */
export function chooseRevisions(
  timeline: readonly WorldRevision[],
  first: { readonly at: Date; readonly commitSha: string | null; readonly release: string | null },
): ChosenRevisions {
  const at = first.at.getTime();
  const named = timeline.findLast((one) =>
    first.commitSha !== null && one.commitSha !== null
      ? one.commitSha === first.commitSha
      : first.release !== null && one.release === first.release,
  );
  const byTime =
    timeline.findLast((one) => Date.parse(one.fromAt) <= at && (one.toAt === null || Date.parse(one.toAt) > at)) ??
    timeline.findLast((one) => Date.parse(one.fromAt) <= at);
  let running = named ?? byTime ?? null;
  if (first.commitSha !== null && named === undefined) {
    running = {
      commitSha: first.commitSha,
      release: first.release,
      fromAt: first.at.toISOString(),
      toAt: null,
      mappingConfidence: 0.9,
      mappingSource: "signal_commit",
      deploymentEventId: null,
    };
  }
  const chosen = running;
  if (chosen === null) return { running: null, before: null };
  const before = timeline.findLast(
    (one) =>
      Date.parse(one.fromAt) < Date.parse(chosen.fromAt) &&
      (one.commitSha === null || one.commitSha !== chosen.commitSha) &&
      one !== chosen,
  );
  return { running: chosen, before: before ?? null };
}
