/** What Culprit asks of GitHub for its app: https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export const appPermissions = {
  metadata: "read",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
  actions: "read",
  deployments: "read",
} as const;

/** The events that its webhook is sent. `installation` and `installation_repositories` come unasked. */
export const appEvents = [
  "check_run",
  "check_suite",
  "commit_comment",
  "create",
  "delete",
  "deployment",
  "deployment_status",
  "issue_comment",
  "issues",
  "label",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "pull_request_review_thread",
  "push",
  "release",
  "repository",
  "status",
  "workflow_job",
  "workflow_run",
] as const;

/** Permissions that are missing or too low, as `issues: write`. */
export function missingPermissions(granted: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(appPermissions)
    .filter(([name, level]) => !(granted[name] === "write" || granted[name] === level || granted[name] === "admin"))
    .map(([name, level]) => `${name}: ${level}`);
}
