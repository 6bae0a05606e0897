import { commitFeatures } from "../blame/commit-features.ts";
import { rankCommits } from "../blame/rank-commits.ts";
import { type Inspected, shortSha } from "./context.ts";
import type { EvidenceDraft, Finding } from "./finding.ts";

/**
 * Who wrote the failing lines, formatting and moves looked through. For commits of the deployed range it is one more sign
 * beside what they touched; for older ones, which ran before without failing, it is the only sign and a weak one.
 */
export function failingLine({ world, candidates, outside }: Inspected): Finding[] {
  const inRange = new Set(candidates.map((commit) => commit.sha));
  const ranked = rankCommits(commitFeatures(world.blame)).slice(0, 8);
  const isRangeKnown = world.range !== null && !world.range.isApproximate && world.before !== null;
  return ranked.flatMap((one): Finding[] => {
    const facts = world.blame.blamed.filter((fact) => fact.sha === one.sha);
    const evidence = blameEvidence(world, facts, one.sha);
    if (inRange.has(one.sha) && isRangeKnown) {
      if (facts.length === 0) return [];
      return [
        {
          inspection: "failing_line",
          subject: { kind: "commit", sha: one.sha },
          weight: 0.8 * one.features.blame,
          text: `git blame names it for ${facts
            .map((fact) => `${fact.path}:${fact.line}`)
            .slice(0, 3)
            .join(", ")}`,
          evidence,
          cause: "release",
        },
      ];
    }
    // A line that ran for long does not begin to fail by itself: something else changed.
    const sign = isRangeKnown ? 2 * one.score - 1.2 : 4.2 * one.score;
    // The line that tells of another system's failure did not bring it.
    const weight = outside === null ? sign : Math.min(sign, 0.8 * one.score);
    const text = `Among the commits of the failing files it ranks with ${one.score.toFixed(2)}: it ${one.reasons.slice(0, 3).join("; ") || "touched them"}`;
    return one.score < 0.1
      ? []
      : [
          {
            inspection: "failing_line",
            subject: { kind: "commit", sha: one.sha },
            weight,
            text,
            evidence,
            cause: "release",
          },
        ];
  });
}

function blameEvidence(
  world: Inspected["world"],
  facts: readonly { path: string; line: number; originalPath: string }[],
  sha: string,
): EvidenceDraft {
  const at = facts[0] ?? world.blame.places[0];
  const head = world.range?.currentCommit ?? world.running?.commitSha ?? "";
  const rows = world.blame.blamed.slice(0, 20).map((fact) => {
    const place = world.blame.places.find((one) => one.path === fact.path && one.line === fact.line);
    return `${shortSha(fact.sha)} ${fact.path}:${fact.line} ${place?.text.trim().slice(0, 160) ?? ""}`;
  });
  return {
    kind: "snapshot",
    source: "git",
    ref: `blame:${head}:${at?.path ?? ""}:${at?.line ?? 0}`,
    title: facts.length > 0 ? `Blame of the failing lines: ${shortSha(sha)}` : "History of the failing files",
    snapshot: rows.join("\n") || "No line could be blamed.",
  };
}
