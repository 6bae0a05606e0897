import type { ExecutionDelivery, ExecutionStatus, StepStatus, WorkflowStatus } from "@culprit/contract";

/** How an execution stands, in the words of the page. */
export const executionWords: Record<ExecutionStatus, string> = {
  pending: "Waits to run",
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  timeout: "Ran out of time",
  cancelled: "Cancelled",
};

export const stepWords: Record<StepStatus, string> = {
  running: "running",
  waiting: "waiting",
  retrying: "tries again",
  completed: "completed",
  failed: "failed",
  skipped: "skipped",
  unknown: "unknown: it may have happened",
  cancelled: "cancelled",
};

export const workflowStatusWords: Record<WorkflowStatus, string> = {
  active: "Active",
  inactive: "Switched off",
  archived: "Archived",
  draft: "Draft",
};

export const deliveryWords: Record<ExecutionDelivery["status"], string> = {
  pending: "not sent yet",
  sending: "being sent",
  sent: "sent",
  failed: "failed",
  unknown: "unknown",
  cancelled: "stopped",
};

/** How an effect may be repeated after a crash, for somebody who has to decide whether it happened. */
export const repeatMeanings: Record<"none" | ExecutionDelivery["repeat"], string> = {
  none: "Changes nothing outside of Culprit.",
  idempotent: "May be sent again: however often it is, it happens once.",
  lookup: "Looked for at the other side before it is made again.",
  atMostOnce: "Made at most once: after a crash a person says whether it happened.",
};

/** Vendors take these with a key of ours, by which they know a repeat. */
const keyedKinds: ReadonlySet<string> = new Set(["message", "ticket", "ticket_comment"]);

/** Why what was sent may be repeated, or what happens instead. */
export function repeatMeaningOf({
  kind,
  repeat,
  request,
}: Pick<ExecutionDelivery, "kind" | "repeat" | "request">): string {
  if (repeat !== "idempotent") return repeatMeanings[repeat];
  const method = kind === "http_request" ? (request as { readonly method?: unknown } | null)?.method : undefined;
  if (method === "PUT" || method === "DELETE")
    return `Sent by ${method}, which leaves the same behind however often it is sent.`;
  if (method !== undefined || keyedKinds.has(kind))
    return "Sent with a key, so the other side makes it once however often it is sent.";
  return "It sets how something is, so sending it again changes nothing more.";
}

/** What started an execution, in words. */
export function startedByWords(triggerType: string | null): string {
  switch (triggerType) {
    case null:
    case "":
      return "by itself";
    case "manual":
      return "by hand";
    case "schedule":
      return "on schedule";
    case "event":
      return "by an event";
    case "webhook":
      return "by a webhook";
    case "retry":
      return "as a retry";
    case "replay":
      return "as a replay";
    case "workflow":
    case "run_workflow":
      return "by another workflow";
    default:
      return `by ${triggerType.replaceAll("_", " ")}`;
  }
}
