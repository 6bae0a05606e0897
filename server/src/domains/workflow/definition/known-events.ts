import { culpritEventTypes } from "@culprit/contract";

/** Events that integrations and Culprit are known to send; `family.*` stands for all of one kind. */
export const knownEvents: readonly string[] = [
  ...culpritEventTypes,
  ...ofFamily("pull_request", "opened closed merged reopened synchronize edited labeled unlabeled assigned unassigned"),
  ...ofFamily("pull_request", "review_requested ready_for_review converted_to_draft"),
  ...ofFamily("pull_request_review", "submitted edited dismissed"),
  "pull_request_review_comment.created",
  ...ofFamily("issues", "opened closed reopened edited labeled unlabeled assigned unassigned"),
  ...ofFamily("issue_comment", "created edited deleted"),
  "push",
  "create",
  "delete",
  "release.published",
  "release.created",
  "release.released",
  "check_run.completed",
  "check_suite.completed",
  "workflow_run.completed",
  "deployment_status.created",
  ...ofFamily("command", "investigate fix explain status help"),
  "alert.firing",
  "alert.resolved",
  ...ofFamily("integration", "unhealthy recovered"),
  ...ofFamily("hands_off", "set cleared"),
];

/** Families whose kinds are too many to list. */
const families = new Set([
  ...knownEvents.map((name) => name.split(".")[0] ?? name),
  "sentry",
  "datadog",
  "linear",
  "jira",
  "slack",
]);

export function isKnownEvent(pattern: string): boolean {
  if (knownEvents.includes(pattern) || pattern === "*") return true;
  const [family = "", kind] = pattern.split(".");
  return kind === "*" ? families.has(family) : ["sentry", "datadog", "linear", "jira", "slack"].includes(family);
}

function ofFamily(family: string, kinds: string): readonly string[] {
  return kinds.split(" ").map((kind) => `${family}.${kind}`);
}
