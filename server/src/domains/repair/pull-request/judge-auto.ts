import { formatCount } from "./format-count.ts";
import type { Proposal, ProposedRun } from "./load-proposal.ts";

/** Why a proven patch is not opened without a person, by the project's thresholds; null where it may be. */
export function judgeAuto(proposal: Proposal, run: ProposedRun): string | null {
  const { settings, occurrences, confidence } = proposal;
  if (occurrences < settings.min_events)
    return `The failure was seen ${formatCount(occurrences, "time")}; ${settings.min_events} are asked for.`;
  if (confidence < settings.min_confidence)
    return `The confidence in the cause is ${confidence.toFixed(2)}; ${settings.min_confidence.toFixed(2)} is asked for.`;
  if (run.kind === "mitigation" && !settings.allow_mitigation)
    return "The patch is a mitigation, which hides the failure and leaves its cause; the project does not let these be opened by themselves.";
  return null;
}
