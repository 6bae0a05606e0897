import type { DeploymentNews } from "../shared/deployment-alert.ts";
import { type Json, momentOf, recordAt, textAt } from "../shared/read-body.ts";
import { headOf } from "./event-head.ts";
import type { GitHubConfig } from "./settings.ts";

const failed = new Set(["failure", "error", "failed", "timed_out", "startup_failure"]);
const RUNS_OF_PULL_REQUESTS = new Set(["pull_request", "pull_request_target", "merge_group"]);

/** Whether a delivery says that a deployment or a run failed or succeeded; null for all else. */
export function outcomeOf(event: string, payload: Json): DeploymentNews["outcome"] | null {
  const state =
    event === "deployment_status"
      ? textAt(recordAt(payload, "deployment_status"), "state")
      : event === "workflow_run" && (textAt(payload, "action") ?? "completed") === "completed"
        ? textAt(recordAt(payload, "workflow_run"), "conclusion")
        : null;
  if (state === null) return null;
  if (failed.has(state)) return "failed";
  return state === "success" ? "succeeded" : null;
}

/**
 * What a delivery says of a deployment: the status of one, or the end of a run of GitHub Actions on the default branch. A run of a pull request deploys
 * nothing, and its failure is its author's to see.
 */
export function deploymentNews(
  event: string,
  payload: Json,
  { deployment_failures: wanted }: GitHubConfig,
  receivedAt: Date,
): DeploymentNews | null {
  const outcome = outcomeOf(event, payload);
  const head = headOf(event, payload);
  if (outcome === null || wanted === "off" || head.repository === null) return null;
  const common = {
    vendor: "github",
    outcome,
    labels: { repository: head.repository, commit: head.sha, branch: head.branch },
  };
  if (event === "deployment_status") {
    const status = recordAt(payload, "deployment_status");
    const environment = textAt(status, "environment") ?? head.environment;
    return {
      ...common,
      ...{ what: `${head.repository} to ${environment ?? "an environment"}`, service: null, environment },
      reason: textAt(status, "description"),
      at: momentOf(textAt(status, "created_at")) ?? receivedAt,
      url: textAt(status, "log_url") || textAt(status, "target_url") || head.url,
      id: idOf("deployment_status", textAt(status, "id")),
      labels: { ...common.labels, deployment: textAt(recordAt(payload, "deployment"), "id") },
    };
  }
  const run = recordAt(payload, "workflow_run");
  if (wanted !== "all" && !isOfDefaultBranch(run, head.default_branch)) return null;
  const name = textAt(run, "name") ?? "a workflow";
  const branch = textAt(run, "head_branch");
  return {
    ...common,
    what: `${head.repository}: ${name}${branch === null ? "" : ` on ${branch}`}`,
    ...{ service: null, environment: null },
    reason: `The run "${name}" ended with ${textAt(run, "conclusion") ?? "no conclusion"}.`,
    at: momentOf(textAt(run, "updated_at")) ?? receivedAt,
    url: textAt(run, "html_url"),
    id: idOf("workflow_run", textAt(run, "id"), textAt(run, "run_attempt")),
    labels: { ...common.labels, run: textAt(run, "id"), workflow: name },
  };
}

/** A hook of the repository, one of its organisation and an app each deliver the same under an id of their own. */
function idOf(kind: string, id: string | null, attempt: string | null = null): string | null {
  return id === null ? null : [kind, id, ...(attempt === null ? [] : [attempt])].join(":");
}

/** What says no branch is taken for a deployment: the documented form has none. */
function isOfDefaultBranch(run: Json, defaultBranch: string | null): boolean {
  const branch = textAt(run, "head_branch");
  if (RUNS_OF_PULL_REQUESTS.has(textAt(run, "event") ?? "")) return false;
  return branch === null || defaultBranch === null || branch === defaultBranch;
}
