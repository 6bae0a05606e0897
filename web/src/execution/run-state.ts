import type { ExecutionSummary } from "@culprit/contract";
import type { RunState } from "../ui/state-mark.tsx";

type Standing = Pick<ExecutionSummary, "status" | "is_waiting" | "is_paused">;

/** How an execution stands, with waiting and paused told apart from working. */
export function runState({ status, is_waiting, is_paused }: Standing): RunState {
  if (status !== "running" && status !== "pending") return status;
  if (is_paused) return "paused";
  return status === "running" && is_waiting ? "waiting" : status;
}

/** True while it may still change by itself or by somebody's answer. */
export function isUnfinished({ status }: Pick<ExecutionSummary, "status">): boolean {
  return status === "pending" || status === "running";
}
