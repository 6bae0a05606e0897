import type { FakeComment, FakeIssue, FakeRepository } from "../github/repository.ts";
import type { Call } from "./state.ts";

/** A user as the reference shows one; who is met for the first time gets the next id. */
export function userShape({ state, webUrl }: Call, username: string): object {
  if (!state.users.includes(username)) state.users.push(username);
  const id = state.users.indexOf(username) + 1;
  return { id, username, name: username, state: "active", avatar_url: null, web_url: `${webUrl}/${username}` };
}

export function issueShape(call: Call, repository: FakeRepository, issue: FakeIssue) {
  return {
    ...common(call, repository, issue),
    state: issue.state === "open" ? "opened" : "closed",
    closed_at: issue.closedAt,
    web_url: `${call.webUrl}/${repository.fullName}/-/issues/${issue.number}`,
  };
}

export function mergeRequestShape(call: Call, repository: FakeRepository, issue: FakeIssue) {
  const { pull } = issue;
  const isMerged = pull?.mergedAt != null;
  return {
    ...common(call, repository, issue),
    state: isMerged ? "merged" : issue.state === "open" ? "opened" : "closed",
    merged_at: pull?.mergedAt ?? null,
    // A merged one was not closed.
    closed_at: isMerged ? null : issue.closedAt,
    ...{ source_branch: pull?.head, target_branch: pull?.base, draft: pull?.isDraft ?? false },
    ...{ source_project_id: repository.id, target_project_id: repository.id },
    reviewers: [...issue.reviewers].map((name) => userShape(call, name)),
    ...{ sha: pull?.headSha, merge_commit_sha: pull?.mergeSha ?? null },
    web_url: `${call.webUrl}/${repository.fullName}/-/merge_requests/${issue.number}`,
  };
}

export function noteShape(call: Call, { id, issue, body, author, createdAt }: FakeComment): object {
  return {
    ...{ id, body, author: userShape(call, author.login), created_at: createdAt, system: false },
    ...{ noteable_type: "MergeRequest", noteable_iid: issue },
  };
}

function common(call: Call, repository: FakeRepository, issue: FakeIssue) {
  return {
    ...{ id: repository.id * 1000 + issue.number, iid: issue.number, project_id: repository.id },
    ...{ title: issue.title, description: issue.body, labels: [...issue.labels] },
    ...{ author: userShape(call, issue.author.login), created_at: issue.createdAt },
  };
}
