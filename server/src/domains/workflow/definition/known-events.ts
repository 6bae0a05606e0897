import { culpritEventTypes } from "@culprit/contract";

/** Events that integrations and Culprit are known to send; `family.*` stands for all of one kind. */
export const knownEvents: readonly string[] = [
  ...culpritEventTypes,
  ...[
    "opened",
    "approved",
    "suppressed",
    "investigated",
    "diagnosed",
    "pr_created",
    "failed",
    "resolved",
    "reopened",
    "assigned",
    "escalated",
  ].map((what) => `incident.${what}`),
  "hypothesis.confirmed",
  "hypothesis.rejected",
  "deployment.recorded",
  "config.changed",
  "execution.completed",
  "execution.failed",
  ...[
    "opened",
    "closed",
    "merged",
    "reopened",
    "synchronize",
    "edited",
    "labeled",
    "unlabeled",
    "assigned",
    "unassigned",
  ].map((what) => `pull_request.${what}`),
  ...["review_requested", "ready_for_review", "converted_to_draft"].map((what) => `pull_request.${what}`),
  ...["submitted", "edited", "dismissed"].map((what) => `pull_request_review.${what}`),
  "pull_request_review_comment.created",
  ...["opened", "closed", "reopened", "edited", "labeled", "unlabeled", "assigned", "unassigned"].map(
    (what) => `issues.${what}`,
  ),
  ...["created", "edited", "deleted"].map((what) => `issue_comment.${what}`),
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
  "alert.firing",
  "alert.resolved",
];

/** Families whose kinds are too many to list. */
const families = new Set([
  ...knownEvents.map((name) => name.split(".")[0] ?? name),
  "integration",
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
