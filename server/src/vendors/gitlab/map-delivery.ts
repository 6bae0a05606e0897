import type { Delivery, Meaning } from "../../domains/integration/index.ts";
import type { EventHead } from "../github/event-head.ts";
import { ignored, newsOf } from "../shared/pull-request-news.ts";
import { type Json, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import type { GitLabConfig } from "./settings.ts";

const PATHS_MAX = 3000;
/** What GitLab calls what happened to a merge request, and what GitHub does. */
const actions: Readonly<Record<string, readonly [event: string, action: string]>> = {
  open: ["pull_request", "opened"],
  close: ["pull_request", "closed"],
  merge: ["pull_request", "closed"],
  reopen: ["pull_request", "reopened"],
  approved: ["pull_request_review", "submitted"],
  approval: ["pull_request_review", "submitted"],
  unapproved: ["pull_request_review", "dismissed"],
  unapproval: ["pull_request_review", "dismissed"],
};
/** Of a pipeline, when it is over. */
const conclusions: Readonly<Record<string, string>> = {
  success: "success",
  failed: "failure",
  canceled: "cancelled",
  skipped: "skipped",
};

/** What a delivery of GitLab means, in GitHub's words for the same: news of merge requests, of pipelines that ended, and pushes. Pure. */
export function mapGitLab({ eventType, payload }: Delivery, config: GitLabConfig): readonly Meaning[] {
  const attributes = recordAt(payload, "object_attributes");
  if (eventType === "push") return newsOf(pushHead(payload), payload, config);
  if (eventType === "pipeline") {
    const conclusion = conclusions[textAt(attributes, "status") ?? ""];
    if (conclusion === undefined) return [ignored("The pipeline is not over yet.")];
    return newsOf(pipelineHead(payload, attributes, conclusion), payload, config);
  }
  if (eventType !== "merge_request")
    return [ignored(`A delivery of kind ${eventType} tells nothing that is used here.`)];
  const said = textAt(attributes, "action") ?? "";
  // An update with an older commit is one by which commits came.
  const isPush = said === "update" && textAt(attributes, "oldrev") !== null;
  const [event, action] = actions[said] ?? ["pull_request", isPush ? "synchronize" : "edited"];
  return newsOf({ ...mergeRequestHead(payload, attributes), event, action }, payload, config);
}

function mergeRequestHead(payload: Json, attributes: Json): EventHead {
  const state = textAt(attributes, "state");
  return {
    ...commonHead(payload),
    ...{ event: "pull_request", subject_kind: "pull_request", number: numberAt(attributes, "iid") },
    ...{ title: textAt(attributes, "title"), body: textAt(attributes, "description"), url: textAt(attributes, "url") },
    ...{ branch: textAt(attributes, "target_branch"), head_branch: textAt(attributes, "source_branch"), state },
    ...{ sha: textAt(recordAt(attributes, "last_commit"), "id"), is_merged: state === "merged" },
    labels: recordsAt(payload, "labels").flatMap((label) => textAt(label, "title") ?? []),
    is_draft: attributes.draft === true || attributes.work_in_progress === true,
  };
}

function pipelineHead(payload: Json, attributes: Json, conclusion: string): EventHead {
  const branch = textAt(recordAt(payload, "merge_request"), "source_branch") ?? textAt(attributes, "ref");
  return {
    ...commonHead(payload),
    ...{ event: "check_suite", action: "completed", state: conclusion, branch, head_branch: branch },
    ...{ sha: textAt(attributes, "sha"), url: textAt(attributes, "url") },
  };
}

function pushHead(payload: Json): EventHead {
  const branch = textAt(payload, "ref")?.replace(/^refs\/heads\//, "") ?? null;
  const paths = recordsAt(payload, "commits").flatMap((commit) =>
    [commit.added, commit.modified, commit.removed].flatMap((list) =>
      Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [],
    ),
  );
  const head = { event: "push", branch, head_branch: branch, sha: textAt(payload, "after") };
  return { ...commonHead(payload), ...head, paths: [...new Set(paths)].slice(0, PATHS_MAX) };
}

function commonHead(payload: Json): EventHead {
  const project = recordAt(payload, "project");
  const sender = textAt(recordAt(payload, "user"), "username") ?? textAt(payload, "user_username");
  return {
    ...{ event: "", action: null, repository: textAt(project, "path_with_namespace"), sender, author: sender },
    ...{ default_branch: textAt(project, "default_branch"), is_bot: /^(?:project|group)_\d+_bot/.test(sender ?? "") },
    ...{ subject_kind: null, number: null, title: null, body: null, state: null, url: null, branch: null },
    ...{ head_branch: null, sha: null, tag: null, labels: [], paths: [], environment: null, is_draft: false },
    ...{ is_merged: false, comment_id: null },
  };
}

function numberAt(value: Json, key: string): number | null {
  const found = value[key];
  return typeof found === "number" && Number.isInteger(found) ? found : null;
}
