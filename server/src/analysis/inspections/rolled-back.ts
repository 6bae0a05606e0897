import { trackRegions } from "../blame/track-regions.ts";
import type { FileDiff } from "../diff/parse-diff.ts";
import type { WorldCommit } from "../world/world.ts";
import { atFailure, commitEvidence, type Inspected, shortSha, timelineEvidence } from "./context.ts";
import { describeWatch, trustInWatch } from "./describe-watch.ts";
import type { Finding } from "./finding.ts";
import { spanOf } from "./span-of.ts";

const nearMs = 1_800_000;

/**
 * After a rollback nothing new runs: what it took out is looked at instead. Each commit is read backwards, oldest first, as if undoing it
 * had been a commit; one that undid something at the failing place is what the code misses now.
 */
export function rolledBack({ world }: Inspected): Finding[] {
  const { range, running, before, incident } = world;
  if (range === null || !range.isRollback || running === null || range.commits.length === 0) return [];
  const subject = { kind: "rollback", deploymentId: running.deploymentEventId } as const;
  const findings: Finding[] = [];
  const undone = [...range.commits].reverse().map((commit) => ({ sha: commit.sha, files: commit.files.map(turned) }));
  const bySha = new Map(range.commits.map((commit) => [commit.sha, commit]));
  const told = new Map<string, { readonly commit: WorldCommit; weight: number; label: string; path: string }>();
  for (const touch of trackRegions(world.regions, undone)) {
    const region = world.regions[touch.region];
    const commit = bySha.get(touch.sha);
    if (region === undefined || commit === undefined) continue;
    const known = told.get(touch.sha);
    if (known === undefined || known.weight < region.weight)
      told.set(touch.sha, { commit, weight: region.weight, label: region.label, path: touch.path });
  }
  for (const { commit, weight, label, path } of [...told.values()].sort((a, b) => b.weight - a.weight).slice(0, 3)) {
    findings.push({
      inspection: "rolled_back",
      subject,
      weight: 2.6 * weight,
      text: `it took out commit ${shortSha(commit.sha)} ("${commit.subject.slice(0, 80)}"), which had changed ${label}`,
      evidence: commitEvidence(commit, [path]),
      isDirect: weight >= atFailure,
      cause: "release",
    });
  }
  const lagMs = Date.parse(incident.firstAt) - Date.parse(running.fromAt);
  if (before !== null && lagMs >= 0) {
    findings.push({
      inspection: "deployed_range",
      subject,
      weight: (lagMs <= nearMs ? 1.4 : -0.3) * (lagMs <= nearMs ? trustInWatch(world.watchBefore) : 1),
      text: `the rollback began ${spanOf(lagMs)} before the failure was first seen, and it was not seen on the revision before (${describeWatch(world.watchBefore)})`,
      evidence: timelineEvidence(world),
    });
  }
  return findings;
}

/** A diff read backwards: what was put in is taken out. */
function turned(file: FileDiff): FileDiff {
  const kinds = { added: "removed", removed: "added", context: "context" } as const;
  return {
    oldPath: file.newPath,
    newPath: file.oldPath,
    isBinary: file.isBinary,
    hunks: file.hunks.map((hunk) => ({
      oldStart: hunk.newStart,
      oldLines: hunk.newLines,
      newStart: hunk.oldStart,
      newLines: hunk.oldLines,
      section: hunk.section,
      lines: hunk.lines.map((line) => ({
        kind: kinds[line.kind],
        text: line.text,
        oldLine: line.newLine,
        newLine: line.oldLine,
      })),
    })),
  };
}
