import { blameReasons } from "./blame-reasons.ts";
import type { CommitFeatures } from "./commit-features.ts";

/** A commit with how likely it is, among those looked at, to be the one; scores of a ranking add up to 1. */
export interface RankedCommit {
  readonly sha: string;
  readonly score: number;
  /** Why it stands where it stands, strongest first, as facts in plain words. */
  readonly reasons: readonly string[];
  readonly features: CommitFeatures;
}

/** The numbers that a commit is ranked by, all 0..1 but `recency`: the higher, the likelier. */
export function signalsOf(one: CommitFeatures): Record<keyof typeof weights, number> {
  return {
    blamed: one.blame > 0 ? 1 : 0,
    lineTurn: one.lineTurn,
    functionTurn: one.functionTurn,
    names: Math.sqrt(one.names),
    recency: -Math.log1p(one.days),
  };
}

// A conditional logit, fitted by evals/src/blame/fit-weights.ts on 562 repairs of 117 public repositories that name the commit they
// repair. Each repository under weights fitted on all others: top-1 0.75, top-3 0.89, top-5 0.92; newest blamed first: 0.67, 0.83, 0.87.
// No weight is negative, so more of a sign never speaks for less. Tried and left out, as top-1 moved by under 0.01: the share of lines
// blamed, definitions, the size of a commit, its place in the history, words of its message.
const weights = { blamed: 0.64, lineTurn: 1.36, functionTurn: 1.39, names: 2.72, recency: 0.7 };

/**
 * Ranks commits by what connects them with the failing places. The order is total: equal scores stand newest first.
 * A commit that changed nothing but looks is kept, with a tenth of its score, and stands after all that changed what the program does
 * at a failing place.
 */
export function rankCommits(found: readonly CommitFeatures[]): RankedCommit[] {
  const logits = found.map((one) => {
    const signals = signalsOf(one);
    const isOnlyLooks = one.size > 0 && one.substance === 0;
    const parts = {
      blamed: weights.blamed * signals.blamed,
      lineTurn: weights.lineTurn * signals.lineTurn,
      functionTurn: weights.functionTurn * signals.functionTurn,
      names: weights.names * signals.names,
      recency: weights.recency * signals.recency,
    };
    const sum = Object.values(parts).reduce((whole, part) => whole + part, 0);
    return { one, parts, isOnlyLooks, logit: sum - (isOnlyLooks ? Math.LN10 : 0) };
  });
  const leastAtPlace = logits.reduce(
    (least, { one, isOnlyLooks, logit }) => (isOnlyLooks || one.functionNth === 0 ? least : Math.min(least, logit)),
    Number.POSITIVE_INFINITY,
  );
  for (const entry of logits) if (entry.isOnlyLooks) entry.logit = Math.min(entry.logit, leastAtPlace - Math.LN2);
  const highest = logits.reduce((most, { logit }) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const scored = logits.map((entry) => ({ ...entry, weight: Math.exp(entry.logit - highest) }));
  const total = scored.reduce((sum, entry) => sum + entry.weight, 0) || 1;
  return scored
    .sort((a, b) => b.weight - a.weight || a.one.age - b.one.age || (a.one.sha < b.one.sha ? -1 : 1))
    .map(({ one, parts, weight }) => ({
      sha: one.sha,
      score: Math.round((weight / total) * 10_000) / 10_000,
      reasons: blameReasons(one, parts),
      features: one,
    }));
}
