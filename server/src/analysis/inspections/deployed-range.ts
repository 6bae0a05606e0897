import { changesNothing, commitEvidence, type Inspected, occurrenceEvidence, timelineEvidence } from "./context.ts";
import { describeWatch, trustInWatch } from "./describe-watch.ts";
import type { Finding } from "./finding.ts";
import { spanOf } from "./span-of.ts";

/**
 * What the time tells of the commits that came with the running revision: the failure began after it and was not there
 * before, or it was there before, which clears them all.
 */
export function deployedRange({ world, candidates }: Inspected): Finding[] {
  const { running, before, range, incident } = world;
  if (running === null || range === null) return [];
  const timeline = timelineEvidence(world);
  const occurrences = occurrenceEvidence(world);
  const lagMs = Date.parse(incident.firstAt) - Date.parse(running.fromAt);
  const earlier = incident.byRevision.filter(
    (row) =>
      row.commitSha !== null &&
      row.commitSha !== range.currentCommit &&
      Date.parse(row.firstAt) < Date.parse(running.fromAt),
  );
  return candidates.flatMap((commit): Finding[] => {
    const subject = { kind: "commit", sha: commit.sha } as const;
    const findings: Finding[] = [];
    if (changesNothing(commit)) {
      findings.push({
        inspection: "deployed_range",
        subject,
        weight: -6,
        text: "it changes only looks, comments, names, tests or documents",
        evidence: commitEvidence(commit),
      });
    }
    if (earlier.length > 0 && !incident.isRegression) {
      findings.push({
        inspection: "deployed_range",
        subject,
        weight: -8,
        text: "the failure occurred before this deployment already",
        evidence: occurrences,
      });
    } else if (before !== null && !range.isApproximate) {
      const near = lagMs <= 1_800_000 ? 1.4 : lagMs <= 21_600_000 ? 0.7 : -0.3;
      // Seconds without traffic are no sign that the revision before did not have it.
      const weight = near > 0 ? near * trustInWatch(world.watchBefore) : near;
      findings.push({
        inspection: "deployed_range",
        subject,
        weight,
        text: `it came with the deployment that began ${spanOf(Math.max(0, lagMs))} before the failure was first seen, and it was not seen on the revision before (${describeWatch(world.watchBefore)})`,
        evidence: timeline,
      });
    }
    return findings;
  });
}
