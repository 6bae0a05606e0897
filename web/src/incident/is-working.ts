import type { IncidentDetail } from "@culprit/contract";

/** True while an answer is on its way: an execution waits or runs, or the incident waits for its first one. */
export function isWorking({
  execution,
  status,
  verdict,
}: Pick<IncidentDetail, "execution" | "status" | "verdict">): boolean {
  if (execution !== null) return execution.status === "pending" || execution.status === "running";
  return verdict === null && (status === "open" || status === "triaged" || status === "investigating");
}
