import { formatCount } from "./format-count.ts";
import type { Proposal, ProposedRun } from "./load-proposal.ts";

/** What keeps a proven patch below a project's thresholds. */
export interface BelowThreshold {
  readonly reason: string;
  /** Whether more occurrences of the failure are all that is waited for: then it is asked again once they came. */
  readonly isWaiting: boolean;
}

/** Why a proven patch is not opened without a person, by the project's thresholds; null where it may be. */
export function judgeAuto(proposal: Proposal, run: ProposedRun): BelowThreshold | null {
  const fixed = judgeFixed(proposal, run);
  if (fixed !== null) return { reason: fixed, isWaiting: false };
  const { settings, occurrences } = proposal;
  if (occurrences >= settings.min_events) return null;
  const seen = `The failure was seen ${formatCount(occurrences, "time")}; ${settings.min_events} are asked for.`;
  return { reason: `${seen} It is opened when there are as many.`, isWaiting: true };
}

/** What more occurrences do not change. */
function judgeFixed({ settings, confidence }: Proposal, run: ProposedRun): string | null {
  if (confidence < settings.min_confidence)
    return `The confidence in the cause is ${confidence.toFixed(2)}; ${settings.min_confidence.toFixed(2)} is asked for.`;
  if (run.kind === "mitigation" && !settings.allow_mitigation)
    return "The patch is a mitigation, which hides the failure and leaves its cause; the project does not let these be opened by themselves.";
  return null;
}
