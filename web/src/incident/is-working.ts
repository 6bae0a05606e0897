import type { IncidentDetail } from "@culprit/contract";

type Standing = Pick<IncidentDetail, "execution" | "response" | "status" | "verdict">;

/** True while an answer is on its way: an execution waits or runs, or is about to be started. */
export function isWorking({ execution, response, status, verdict }: Standing): boolean {
  if (isRunning({ execution })) return true;
  if (!response.is_on) return false;
  if (status === "triaged" || status === "investigating") return true;
  return execution === null && verdict === null && status === "open";
}

/** True while an execution of `incident-response` waits or runs, so that another can't be asked for. */
export function isRunning({ execution }: Pick<Standing, "execution">): boolean {
  return execution?.status === "pending" || execution?.status === "running";
}

/** True where an answer is wanted and nobody looks for one, because `incident-response` is switched off. */
export function isLeftAlone({ execution, response, status, verdict }: Standing): boolean {
  if (response.is_on || isRunning({ execution })) return false;
  return status === "triaged" || status === "investigating" || (status === "open" && verdict === null);
}
