import type { ExecutionStep } from "@culprit/contract";

type Step = Pick<ExecutionStep, "status" | "reason">;

/** Whether a step was passed over because its condition did not hold, which most readers need no more of. */
export function isSkippedByCondition({ status, reason }: Step): boolean {
  return status === "skipped" && reason !== null && reason.startsWith("Its condition is false");
}

/** Whether a step was passed over because somebody said hands off. */
export function isStoppedByHandsOff({ status, reason }: Step): boolean {
  return status === "skipped" && reason !== null && reason.startsWith("Hands off");
}
