import { execFileSync } from "node:child_process";
import { Refusal } from "../git/serve-forge.ts";
import type { FakeComment, FakeIssue, FakeRepository } from "../github/repository.ts";
import type { GiteaOperation } from "./operations.ts";
import type { Answer, Call } from "./state.ts";

/** What each operation does with the repositories of the fake. */
export const handlers: Readonly<Record<GiteaOperation, (call: Call) => Answer>> = {
  "GET /user": ({ who }) => ({ status: 200, body: { ...userOf(who.login), email: `${who.login}@example.org` } }),
  "GET /repos/{owner}/{repo}": (call) => {
    const { name, fullName, defaultBranch } = repositoryOf(call);
    const permissions = { admin: false, pull: true, push: !call.who.isReadOnly };
    return { status: 200, body: { id: 1, name, full_name: fullName, default_branch: defaultBranch, permissions } };
  },
  "GET /repos/{owner}/{repo}/pulls": (call) => {
    const { state = "open" } = call.query;
    const pulls = pullsOf(repositoryOf(call)).filter((pull) => state === "all" || pull.state === state);
    return { status: 200, body: pulls.reverse().map((pull) => pullShape(call, pull)), isPaged: true };
  },
  "POST /repos/{owner}/{repo}/pulls": (call) => {
    const repository = repositoryOf(call);
    const [head, base] = [text(call, "head"), text(call, "base")];
    if (!repository.branches.has(head) || !repository.branches.has(base))
      throw new Refusal(404, "The target couldn't be found.");
    if (pullsOf(repository).some(({ pull, state }) => pull?.head === head && state === "open"))
      throw new Refusal(409, "pull request already exists for these targets");
    const made = repository.openPullRequest({
      title: text(call, "title"),
      body: text(call, "body"),
      head,
      base,
      author: call.who.login,
    });
    return { status: 201, body: pullShape(call, made) };
  },
  "GET /repos/{owner}/{repo}/pulls/{index}": (call) => ({ status: 200, body: pullShape(call, pullAt(call)) }),
  "PATCH /repos/{owner}/{repo}/pulls/{index}": (call) => {
    const pull = pullAt(call);
    if (call.body.state === "closed" && pull.state === "open") {
      pull.state = "closed";
      pull.closedAt = repositoryOf(call).now();
    }
    return { status: 201, body: pullShape(call, pull) };
  },
  "GET /repos/{owner}/{repo}/pulls/{index}.{diffType}": (call) => {
    const { pull } = pullAt(call);
    const args = ["--git-dir", repositoryOf(call).bare?.gitDir ?? "", "diff", `${pull?.baseSha}...${pull?.headSha}`];
    return { status: 200, body: execFileSync("git", args, { encoding: "utf8" }) };
  },
  "GET /repos/{owner}/{repo}/pulls/{index}/reviews": (call) => {
    const repository = repositoryOf(call);
    const reviews = repository.reviews.filter(({ pull }) => pull === pullAt(call).number);
    return {
      status: 200,
      body: reviews.map(({ id, author, state, body }) => ({
        id,
        user: userOf(author.login),
        state: reviewWords[state] ?? state,
        body,
        dismissed: false,
      })),
    };
  },
  "POST /repos/{owner}/{repo}/pulls/{index}/requested_reviewers": (call) => {
    const repository = repositoryOf(call);
    const pull = pullAt(call);
    const asked = Array.isArray(call.body.reviewers) ? call.body.reviewers.map(String) : [];
    const stranger = asked.find((login) => !repository.collaborators.has(login) || login === pull.author.login);
    if (stranger !== undefined) throw new Refusal(422, `${stranger} can't be added as reviewer`);
    for (const login of asked) pull.reviewers.add(login);
    return { status: 201, body: asked.map((login) => ({ id: 1, user: userOf(login), state: "REQUEST_REVIEW" })) };
  },
  "GET /repos/{owner}/{repo}/commits/{ref}/status": (call) => {
    const repository = repositoryOf(call);
    const own = repository.statuses.filter(({ sha }) => sha === call.path.ref);
    const newest = [...new Map(own.map((status) => [status.context, status])).values()];
    const statuses = newest.map(({ id, context, state, description }) => ({
      id,
      context,
      status: state,
      description: description ?? "",
    }));
    return { status: 200, body: { sha: call.path.ref, total_count: statuses.length, statuses, state: "pending" } };
  },
  "GET /repos/{owner}/{repo}/git/commits/{sha}": (call) => {
    const found = repositoryOf(call).commits.get(call.path.sha ?? "");
    if (found === undefined) throw new Refusal(404, "The target couldn't be found.");
    return { status: 200, body: { sha: found.sha, author: userOf(found.author), commit: { message: found.message } } };
  },
  "GET /repos/{owner}/{repo}/labels": (call) => ({
    status: 200,
    body: labelsOf(call).map((name, at) => ({ id: at + 1, name, color: "6b7280" })),
    isPaged: true,
  }),
  "POST /repos/{owner}/{repo}/labels": (call) => {
    const labels = labelsOf(call);
    labels.push(text(call, "name"));
    return { status: 201, body: { id: labels.length, name: text(call, "name"), color: "6b7280" } };
  },
  "GET /repos/{owner}/{repo}/issues": (call) => {
    const issues = [...repositoryOf(call).issues.values()].filter(({ pull }) => pull === null);
    return { status: 200, body: issues.reverse().map((issue) => issueShape(call, issue)), isPaged: true };
  },
  "POST /repos/{owner}/{repo}/issues": (call) => {
    const made = repositoryOf(call).openIssue({
      title: text(call, "title"),
      body: text(call, "body"),
      author: call.who.login,
    });
    addLabels(call, made);
    return { status: 201, body: issueShape(call, made) };
  },
  "POST /repos/{owner}/{repo}/issues/{index}/labels": (call) => {
    const issue = issueAt(call);
    addLabels(call, issue);
    return { status: 200, body: [...issue.labels].map((name, at) => ({ id: at + 1, name })) };
  },
  "GET /repos/{owner}/{repo}/issues/{index}/comments": (call) => {
    const own = [...repositoryOf(call).comments.values()].filter(({ issue }) => issue === issueAt(call).number);
    return { status: 200, body: own.map((comment) => commentShape(call, comment)) };
  },
  "POST /repos/{owner}/{repo}/issues/{index}/comments": (call) => {
    const comment = repositoryOf(call).comment(issueAt(call).number, text(call, "body"), call.who.login);
    return { status: 201, body: commentShape(call, comment) };
  },
};

const reviewWords: Readonly<Record<string, string>> = { CHANGES_REQUESTED: "REQUEST_CHANGES", COMMENTED: "COMMENT" };

function repositoryOf({ state, path }: Call): FakeRepository {
  const found = state.repositories.get(`${path.owner}/${path.repo}`.toLowerCase());
  if (found === undefined) throw new Refusal(404, "The target couldn't be found.");
  return found;
}

function pullsOf(repository: FakeRepository): FakeIssue[] {
  return [...repository.issues.values()].filter(({ pull }) => pull !== null);
}

function issueAt(call: Call): FakeIssue {
  const found = repositoryOf(call).issues.get(Number(call.path.index));
  if (found === undefined) throw new Refusal(404, "The target couldn't be found.");
  return found;
}

function pullAt(call: Call): FakeIssue {
  const found = issueAt(call);
  if (found.pull === null) throw new Refusal(404, "The target couldn't be found.");
  return found;
}

function labelsOf(call: Call): string[] {
  const { fullName } = repositoryOf(call);
  const known = call.state.labels.get(fullName) ?? [];
  call.state.labels.set(fullName, known);
  return known;
}

function addLabels(call: Call, issue: FakeIssue): void {
  const ids = Array.isArray(call.body.labels) ? call.body.labels : [];
  for (const id of ids) {
    const name = labelsOf(call)[Number(id) - 1];
    if (name === undefined) throw new Refusal(422, `label ${id} does not exist`);
    issue.labels.add(name);
  }
}

function text({ body }: Call, field: string): string {
  const value = body[field];
  return typeof value === "string" ? value : "";
}

function userOf(login: string): object {
  return { id: 1, login, full_name: "" };
}

function issueShape(call: Call, issue: FakeIssue): Record<string, unknown> {
  const kind = issue.pull === null ? "issues" : "pulls";
  return {
    ...{ id: issue.number, number: issue.number, title: issue.title, body: issue.body, state: issue.state },
    html_url: `${call.webUrl}/${repositoryOf(call).fullName}/${kind}/${issue.number}`,
    ...{ user: userOf(issue.author.login), created_at: issue.createdAt, closed_at: issue.closedAt },
  };
}

function pullShape(call: Call, issue: FakeIssue): object {
  const { pull } = issue;
  return {
    ...issueShape(call, issue),
    ...{ merged: pull?.mergedAt != null, merged_at: pull?.mergedAt ?? null, merge_commit_sha: pull?.mergeSha ?? null },
    head: { ref: pull?.head, label: pull?.head, sha: pull?.headSha },
    base: { ref: pull?.base, label: pull?.base, sha: pull?.baseSha },
  };
}

function commentShape(call: Call, { id, issue, body, author, createdAt }: FakeComment): object {
  const html_url = `${call.webUrl}/${repositoryOf(call).fullName}/issues/${issue}#issuecomment-${id}`;
  return { id, html_url, body, user: userOf(author.login), created_at: createdAt };
}
