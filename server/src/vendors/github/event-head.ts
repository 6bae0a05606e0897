import { isRecord, type Json, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { isBot } from "./is-bot.ts";
import { OF_CODE } from "./read-pull-requests.ts";

/** What every event of GitHub says in the same words, whatever it is; conditions read it as `event.…`. */
export interface EventHead extends Json {
  /** GitHub's name of it: pull_request, push. */
  readonly event: string;
  readonly action: string | null;
  /** owner/name. */
  readonly repository: string | null;
  readonly default_branch: string | null;
  readonly sender: string | null;
  readonly is_bot: boolean;
  /** Who wrote what it is about: the comment, the review, the pull request, the commit. */
  readonly author: string | null;
  readonly subject_kind: "pull_request" | "issue" | null;
  readonly number: number | null;
  readonly title: string | null;
  readonly body: string | null;
  readonly state: string | null;
  readonly url: string | null;
  /** Of a pull request the one it goes to. */
  readonly branch: string | null;
  readonly head_branch: string | null;
  readonly sha: string | null;
  readonly tag: string | null;
  readonly labels: readonly string[];
  /** Files of the commits of a push, or of a comment on code. */
  readonly paths: readonly string[];
  readonly environment: string | null;
  readonly is_draft: boolean;
  readonly is_merged: boolean;
  /** By which the forge's verbs change it or react to it. */
  readonly comment_id: string | null;
}

const PATHS_MAX = 3000;

/** The head of an event. Fields that the payload has nothing for are null or empty; nothing in it is trusted. */
export function headOf(event: string, payload: Json): EventHead {
  const own = recordAt(payload, "repository");
  // The documented form of a run has it within.
  const repository = isFilled(own) ? own : recordAt(payload, "workflow_run", "repository");
  const pull = recordAt(payload, "pull_request");
  const issue = recordAt(payload, "issue");
  const about = [pull, issue, recordAt(payload, "discussion"), recordAt(payload, "release")].find(isFilled) ?? {};
  const comment = recordAt(payload, "comment");
  const said = [comment, recordAt(payload, "review"), about].find(isFilled) ?? {};
  const sender = recordAt(payload, "sender");
  const run =
    [
      recordAt(payload, "workflow_run"),
      recordAt(payload, "check_run"),
      recordAt(payload, "check_suite"),
      recordAt(payload, "workflow_job"),
    ].find(isFilled) ?? {};
  const deployment = recordAt(payload, "deployment");
  const head = recordAt(payload, "head_commit");
  const isOfPull = isFilled(pull) || isFilled(recordAt(issue, "pull_request"));
  const senderName = textAt(sender, "login");
  const ref = refOf(event, payload);
  return {
    event,
    action: textAt(payload, "action"),
    repository: textAt(repository, "full_name"),
    default_branch: textAt(repository, "default_branch") ?? textAt(repository, "master_branch"),
    sender: senderName,
    is_bot: senderName !== null && isBot(senderName, textAt(sender, "type")),
    author:
      textAt(recordAt(said, "user"), "login") ??
      textAt(recordAt(said, "author"), "login") ??
      textAt(recordAt(head, "author"), "username") ??
      senderName,
    subject_kind: isOfPull ? "pull_request" : isFilled(issue) ? "issue" : null,
    number: numberAt(about, "number") ?? numberAt(payload, "number"),
    title: textAt(about, "title") ?? textAt(about, "name"),
    body: textAt(said, "body") ?? textAt(head, "message"),
    state:
      textAt(recordAt(payload, "deployment_status"), "state") ??
      textAt(run, "conclusion") ??
      textAt(about, "state") ??
      textAt(payload, "state"),
    url:
      [said, about, run, head, repository]
        .map((one) => textAt(one, "html_url") ?? textAt(one, "url"))
        .find((one) => one !== null) ?? null,
    branch:
      textAt(recordAt(pull, "base"), "ref") ?? ref.branch ?? textAt(run, "head_branch") ?? textAt(deployment, "ref"),
    head_branch: textAt(recordAt(pull, "head"), "ref") ?? textAt(run, "head_branch"),
    sha:
      textAt(recordAt(pull, "head"), "sha") ??
      textAt(payload, "after") ??
      textAt(run, "head_sha") ??
      textAt(deployment, "sha") ??
      textAt(payload, "sha") ??
      textAt(comment, "commit_id"),
    tag: ref.tag ?? textAt(recordAt(payload, "release"), "tag_name"),
    ...labelsOf(payload, about),
    paths: pathsOf(payload, comment),
    environment: textAt(deployment, "environment") ?? textAt(payload, "environment"),
    is_draft: pull.draft === true,
    is_merged: pull.merged === true || textAt(pull, "merged_at") !== null,
    comment_id: commentIdOf(event, comment),
  };
}

function refOf(event: string, payload: Json): { readonly branch: string | null; readonly tag: string | null } {
  const ref = textAt(payload, "ref");
  if (ref === null || !["push", "create", "delete", "workflow_dispatch", "code_scanning_alert"].includes(event)) {
    return { branch: textAt(payload, "branch"), tag: null };
  }
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  const isTag = ref.startsWith("refs/tags/") || payload.ref_type === "tag";
  return isTag ? { branch: null, tag: name } : { branch: name, tag: null };
}

/** `label` is the one that came or went, which is what a trigger on `labeled` means. */
function labelsOf(payload: Json, about: Json): { readonly labels: readonly string[]; readonly label?: string } {
  const labels = recordsAt(about, "labels").flatMap((label) => textAt(label, "name") ?? []);
  const one = textAt(recordAt(payload, "label"), "name");
  return one === null ? { labels } : { labels, label: one };
}

function pathsOf(payload: Json, comment: Json): readonly string[] {
  const path = textAt(comment, "path");
  if (path !== null) return [path];
  const all = recordsAt(payload, "commits").flatMap((commit) =>
    [commit.added, commit.modified, commit.removed].flatMap((list) =>
      Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [],
    ),
  );
  return [...new Set(all)].slice(0, PATHS_MAX);
}

function commentIdOf(event: string, comment: Json): string | null {
  const id = textAt(comment, "id");
  if (id === null) return null;
  if (event === "issue_comment") return id;
  return event === "pull_request_review_comment" ? `${OF_CODE}${id}` : null;
}

function isFilled(value: Json): boolean {
  return Object.keys(value).length > 0;
}

function numberAt(value: unknown, key: string): number | null {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === "number" && Number.isInteger(found) ? found : null;
}
