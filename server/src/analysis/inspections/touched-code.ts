import { isOnlyLiterals, tokensOf } from "../blame/change-substance.ts";
import type { RegionTouch } from "../blame/track-regions.ts";
import { commitEvidence, type Inspected } from "./context.ts";
import type { Finding } from "./finding.ts";

interface Reason {
  readonly weight: number;
  readonly text: string;
  readonly path: string;
}

/**
 * Which commits of the deployed range changed the failing lines, what stands beside them, the function around them, or
 * code that they call: insertions and pure deletions too.
 */
export function touchedCode({ world, candidates, touches, nearTouches }: Inspected): Finding[] {
  const bySha = new Map<string, Reason[]>();
  const add = (sha: string, reason: Reason) => bySha.set(sha, [...(bySha.get(sha) ?? []), reason]);
  for (const touch of touches) {
    const region = world.regions[touch.region];
    const reason = reasonOf(region, touch);
    if (reason === null || region === undefined) continue;
    // Of several changes to what made the value, the one that speaks of the property that is missing is the nearer.
    const isWanted =
      region.kind !== "line" &&
      touch.changed.some((line) => tokensOf(line.text).some((token) => region.wanted.includes(token)));
    add(touch.sha, isWanted ? { ...reason, weight: reason.weight + 0.6 * region.weight } : reason);
  }
  for (const touch of nearTouches) {
    const region = world.regions[touch.region];
    if (region !== undefined)
      add(touch.sha, {
        weight: 1.6 * region.weight,
        text: `it changed code within three lines of ${region.label}`,
        path: touch.path,
      });
  }
  return candidates.flatMap((commit): Finding[] => {
    const reasons = [...(bySha.get(commit.sha) ?? [])].sort((a, b) => b.weight - a.weight);
    const [best] = reasons;
    if (best === undefined) return [];
    // Several ways to the same change are hardly more than one.
    const others = reasons.slice(1).reduce((sum, reason) => sum + reason.weight, 0);
    const texts = [...new Set(reasons.map((reason) => reason.text))].slice(0, 3);
    return [
      {
        inspection: "touched_code",
        subject: { kind: "commit", sha: commit.sha },
        weight: best.weight + Math.min(1, 0.2 * others),
        text: texts.join("; "),
        evidence: commitEvidence(commit, [...new Set(reasons.map((reason) => reason.path))]),
        cause: "release",
      },
    ];
  });
}

function reasonOf(region: Inspected["world"]["regions"][number] | undefined, touch: RegionTouch): Reason | null {
  if (region === undefined) return null;
  const { path } = touch;
  const isDeletion = touch.changed.every((line) => line.kind === "removed");
  const taken = isDeletion ? "took code out of" : touch.isNew ? "brought" : "changed";
  switch (region.kind) {
    case "line":
      // A deletion leaves the line as it was: it stood before or behind it.
      return {
        weight: 3 * region.weight,
        text: `it ${touch.isNew ? "wrote" : isDeletion ? "took code out beside" : "changed"} ${region.label}`,
        path,
      };
    case "feeding":
      return { weight: 2.6 * region.weight, text: `it changed ${region.label}`, path };
    case "function":
      return { weight: (touch.isNew ? 2.4 : 1.8) * region.weight, text: `it ${taken} ${region.label}`, path };
    case "called": {
      // What a caller sees of a function is its head and what it returns.
      const isSeen = touch.changed.some(
        (line) => line.newLine === touch.first || /\b(?:return|yield|throw|async|await)\b|=>/.test(line.text),
      );
      const strength = isOnlyLiterals(touch.changed) ? 1.3 : isSeen ? 2.7 : 2.2;
      return { weight: strength * region.weight, text: `it ${taken} ${region.label}`, path };
    }
    case "file_scope":
      return { weight: 1.2 * region.weight, text: `it changed ${region.label}`, path };
  }
}
