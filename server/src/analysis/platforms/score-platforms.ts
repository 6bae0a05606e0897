import type { SignatureMatch } from "./match-signature.ts";
import type { PlatformSignature } from "./signature.ts";

/**
 * The document's first score, 0 to 1: files 0.3 for the first and 0.1 for each further (at most 0.6), folders 0.05 each
 * (0.15), commits 0.05 each (0.2), dependencies 0.15 and 0.05 (0.3), scripts 0.05 each (0.15), content 0.03 each (0.1);
 * the README's hint is worth 0.15, those of environment and Dockerfile 0.10 each.
 */
export function additiveScore(match: SignatureMatch): number {
  const hints = match.hints.reduce((sum, hint) => sum + (hint === "readme" ? 0.15 : 0.1), 0);
  const sum =
    stepped(match.files.length, 0.3, 0.1, 0.6) +
    stepped(match.folders.length, 0.05, 0.05, 0.15) +
    stepped(match.commits.length, 0.05, 0.05, 0.2) +
    stepped(match.dependencies.length, 0.15, 0.05, 0.3) +
    stepped(match.scripts.length, 0.05, 0.05, 0.15) +
    stepped(match.content.length, 0.03, 0.03, 0.1) +
    hints;
  return round(Math.min(1, sum));
}

const weights = { files: 3, dependencies: 2.5, scripts: 2, folders: 1.5, content: 1, commits: 0.8 } as const;
/** As many marks of one kind are as good as all of them: most lists name alternatives. */
const enough = 2;

/**
 * The document's second score, 0 to 1: the weighted mean over those kinds of marks that the signature has (files 3,
 * dependencies 2.5, scripts 2, folders 1.5, content 1, commits 0.8), each by the share that was found of two of its marks.
 */
export function weightedScore(signature: PlatformSignature, match: SignatureMatch): number {
  let [found, possible] = [0, 0];
  for (const [kind, weight] of Object.entries(weights) as [keyof typeof weights, number][]) {
    const marks = signature[kind].length;
    if (marks === 0) continue;
    possible += weight;
    found += weight * Math.min(1, match[kind].length / Math.min(enough, marks));
  }
  return possible === 0 ? 0 : round(found / possible);
}

function stepped(count: number, first: number, further: number, most: number): number {
  return count === 0 ? 0 : Math.min(most, first + (count - 1) * further);
}

function round(score: number): number {
  return Math.round(score * 1000) / 1000;
}
