import { proofOdds } from "./proof-odds.ts";

export interface ScoredProof {
  readonly outcome: "green" | "red" | "not_run";
  readonly kind: "fix" | "mitigation" | "revert" | null;
  /** Whether it was proven for a commit that the verdict does not blame. */
  readonly isElsewhere?: boolean;
}

export interface Confidence {
  /** 0..0.99; null where the verdict has none. */
  readonly score: number | null;
  readonly reason: string;
}

const SCORE_MAX = 0.99;

/**
 * The verdict's calibrated confidence, moved by the proof as odds (Bayes). A mitigation hides the failure and says nothing about its
 * cause, a proof that was not run says nothing at all. What a model says of its own certainty is not used.
 */
export function confidenceOf(verdict: number | null, proof: ScoredProof | null): Confidence {
  if (verdict === null)
    return { score: null, reason: "The investigation has no hypothesis, so there is nothing to be sure of." };
  const stated = `The verdict's confidence is ${verdict.toFixed(2)}`;
  if (proof === null) return { score: verdict, reason: `${stated}; no proof was run.` };
  if (proof.outcome === "not_run") return { score: verdict, reason: `${stated}; no proof came to an end.` };
  if (proof.isElsewhere === true)
    return {
      score: verdict,
      reason: `${stated}; the proof is of a commit that it does not blame, and leaves it as it is.`,
    };
  if (proof.outcome === "green" && proof.kind === "mitigation")
    return {
      score: verdict,
      reason: `${stated}; the proven patch hides the failure, which says nothing about the cause.`,
    };
  const [ratio, words] =
    proof.outcome === "green"
      ? ([proofOdds.green, "a proven patch at the blamed place speaks for it"] as const)
      : ([proofOdds.red, "no patch could be proven, which as measured says little of the cause"] as const);
  const moved = (Math.min(verdict, SCORE_MAX) / (1 - Math.min(verdict, SCORE_MAX))) * ratio;
  const score = Math.min(SCORE_MAX, Math.floor((moved / (1 + moved)) * 100) / 100);
  return { score, reason: `${stated}; ${words} (odds times ${ratio.toFixed(1)}).` };
}
