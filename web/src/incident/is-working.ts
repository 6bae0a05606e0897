import type { IncidentDetail } from "@culprit/contract";

/** True while an answer is on its way: an execution waits or runs, or is about to be started. */
export function isWorking({
  execution,
  status,
  verdict,
}: Pick<IncidentDetail, "execution" | "status" | "verdict">): boolean {
  if (execution?.status === "pending" || execution?.status === "running") return true;
  if (status === "triaged" || status === "investigating") return true;
  return execution === null && verdict === null && status === "open";
}
