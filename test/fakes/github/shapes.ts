import type { Call } from "./call.ts";
import type { TreeChange } from "./diff-trees.ts";
import { diffTrees } from "./diff-trees.ts";
import { fill } from "./least-value.ts";
import type {
  FakeCheck,
  FakeComment,
  FakeCommit,
  FakeIssue,
  FakePull,
  FakeRelease,
  FakeRepository,
  FakeReview,
  FakeStatus,
  FakeUser,
} from "./repository.ts";
import type { FakeApp, FakeInstallation } from "./state.ts";

/** The fake's state in GitHub's words. Fields that its description requires and no test is about get the least value. */

type Urls = Pick<Call, "apiUrl" | "webUrl">;

export function userShape(user: FakeUser, { webUrl }: Urls): object {
  return fill("simple-user", {
    login: user.login,
    type: user.isBot ? "Bot" : "User",
    html_url: `${webUrl}/${user.login}`,
    url: `${webUrl}/${user.login}`,
    id: 1,
  });
}

export function repositoryShape(component: string, repository: FakeRepository, urls: Urls): Record<string, unknown> {
  return fill(component, {
    id: repository.id,
    name: repository.name,
    full_name: repository.fullName,
    owner: userShape({ login: repository.owner, isBot: false, appId: null }, urls),
    private: true,
    default_branch: repository.defaultBranch,
    url: `${urls.apiUrl}/repos/${repository.fullName}`,
    html_url: `${urls.webUrl}/${repository.fullName}`,
  });
}

export function issueShape(repository: FakeRepository, issue: FakeIssue, urls: Urls): object {
  const kind = issue.pull === null ? "issues" : "pull";
  const url = `${urls.apiUrl}/repos/${repository.fullName}/issues/${issue.number}`;
  const htmlUrl = `${urls.webUrl}/${repository.fullName}/${kind}/${issue.number}`;
  return fill("issue", {
    ...texts(issue),
    id: repository.id * 1000 + issue.number,
    url,
    html_url: htmlUrl,
    user: userShape(issue.author, urls),
    labels: [...issue.labels].map((name) => ({ name })),
    state_reason: issue.stateReason,
    assignees: issue.assignees.map((login) => userShape({ login, isBot: false, appId: null }, urls)),
    performed_via_github_app: appOfAuthor(issue.author, urls),
    ...(issue.pull === null
      ? {}
      : {
          pull_request: {
            url,
            html_url: htmlUrl,
            diff_url: htmlUrl,
            patch_url: htmlUrl,
            merged_at: issue.pull.mergedAt,
          },
        }),
  });
}

export function pullShape(component: string, repository: FakeRepository, issue: FakeIssue, urls: Urls): object {
  const pull = pullOf(issue);
  const files = filesOf(repository, pull);
  const end = (ref: string, sha: string) => ({
    ref,
    sha,
    label: `${repository.owner}:${ref}`,
    user: userShape({ login: repository.owner, isBot: false, appId: null }, urls),
    repo: repositoryShape("repository", repository, urls),
  });
  return fill(component, {
    ...texts(issue),
    id: repository.id * 1000 + issue.number,
    url: `${urls.apiUrl}/repos/${repository.fullName}/pulls/${issue.number}`,
    html_url: `${urls.webUrl}/${repository.fullName}/pull/${issue.number}`,
    draft: pull.isDraft,
    merged: pull.mergedAt !== null,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    user: userShape(issue.author, urls),
    labels: [...issue.labels].map((name) =>
      fill("label", { name, description: "", url: `${urls.apiUrl}/labels/${name}` }),
    ),
    head: end(pull.head, pull.headSha),
    base: end(pull.base, pull.baseSha),
    changed_files: files.length,
    additions: sum(files, "additions"),
    deletions: sum(files, "deletions"),
  });
}

export function filesOf(repository: FakeRepository, pull: FakePull): (TreeChange & { previousPath?: string })[] {
  if (pull.files === null) return diffTrees(repository.treeAt(pull.baseSha), repository.treeAt(pull.headSha));
  return pull.files.map((file) => ({
    path: "",
    status: "modified",
    additions: 0,
    deletions: 0,
    patch: "",
    ...file,
  }));
}

export function fileShape(file: TreeChange & { previousPath?: string }, urls: Urls): object {
  return fill("diff-entry", {
    filename: file.path,
    status: file.previousPath === undefined ? file.status : "renamed",
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    url: urls.apiUrl,
    ...(file.patch === "" ? {} : { patch: file.patch }),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  });
}

export function commentShape(repository: FakeRepository, comment: FakeComment, urls: Urls): object {
  const kind = comment.path === null ? "issues" : "pulls";
  const anchor = comment.path === null ? "issuecomment-" : "discussion_r";
  return fill(comment.path === null ? "issue-comment" : "pull-request-review-comment", {
    id: comment.id,
    body: comment.body,
    url: `${urls.apiUrl}/repos/${repository.fullName}/${kind}/comments/${comment.id}`,
    html_url: `${urls.webUrl}/${repository.fullName}/issues/${comment.issue}#${anchor}${comment.id}`,
    user: userShape(comment.author, urls),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    ...(comment.path === null
      ? { performed_via_github_app: appOfAuthor(comment.author, urls) }
      : { path: comment.path }),
  });
}

export function reviewShape(repository: FakeRepository, review: FakeReview, urls: Urls): object {
  return fill("pull-request-review", {
    id: review.id,
    state: review.state,
    body: review.body,
    user: userShape(review.author, urls),
    submitted_at: review.submittedAt,
    html_url: `${urls.webUrl}/${repository.fullName}/pull/${review.pull}#pullrequestreview-${review.id}`,
  });
}

export function commitShape(repository: FakeRepository, commit: FakeCommit, urls: Urls): object {
  const url = `${urls.apiUrl}/repos/${repository.fullName}/commits/${commit.sha}`;
  const shape = fill("commit", {
    sha: commit.sha,
    url,
    html_url: url,
    author: userShape({ login: commit.author, isBot: false, appId: null }, urls),
    parents: commit.parents.map((sha) => ({ sha, url, html_url: url })),
  });
  const signature = { name: commit.author, email: `${commit.author}@example.com`, date: commit.date };
  return {
    ...shape,
    commit: { ...(shape.commit as object), url, message: commit.message, author: signature, committer: signature },
  };
}

export function checkShape(repository: FakeRepository, check: FakeCheck, app: FakeApp, urls: Urls): object {
  const url = `${urls.apiUrl}/repos/${repository.fullName}/check-runs/${check.id}`;
  const shape = fill("check-run", {
    id: check.id,
    name: check.name,
    head_sha: check.sha,
    status: check.status,
    conclusion: check.conclusion,
    url,
    html_url: `${urls.webUrl}/${repository.fullName}/runs/${check.id}`,
    app: appShape(app, urls),
  });
  return { ...shape, output: { ...(shape.output as object), ...check.output } };
}

export function statusShape(status: FakeStatus, urls: Urls, author: FakeUser): object {
  return fill("status", {
    id: status.id,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    url: `${urls.apiUrl}/statuses/${status.id}`,
    creator: userShape(author, urls),
  });
}

export function releaseShape(repository: FakeRepository, release: FakeRelease, urls: Urls): object {
  return fill("release", {
    id: release.id,
    tag_name: release.tag,
    name: release.name,
    body: release.body,
    draft: release.isDraft,
    url: `${urls.apiUrl}/repos/${repository.fullName}/releases/${release.id}`,
    html_url: `${urls.webUrl}/${repository.fullName}/releases/tag/${release.tag}`,
    author: userShape(release.author, urls),
  });
}

export function appShape(app: FakeApp, urls: Urls): Record<string, unknown> {
  return fill("integration", {
    id: app.id,
    slug: app.slug,
    name: app.name,
    client_id: app.clientId,
    html_url: `${urls.webUrl}/apps/${app.slug}`,
    external_url: urls.webUrl,
    owner: userShape({ login: app.owner, isBot: false, appId: null }, urls),
    permissions: app.permissions,
    events: app.events,
  });
}

export function installationShape(installation: FakeInstallation, app: FakeApp, urls: Urls): object {
  return fill("installation", {
    id: installation.id,
    app_id: app.id,
    app_slug: app.slug,
    account: userShape({ login: installation.account, isBot: false, appId: null }, urls),
    permissions: installation.permissions,
    events: app.events,
    suspended_at: installation.suspendedAt,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    html_url: `${urls.webUrl}/settings/installations/${installation.id}`,
    url: `${urls.apiUrl}/app/installations/${installation.id}`,
  });
}

function texts(issue: FakeIssue): object {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
  };
}

function appOfAuthor(author: FakeUser, urls: Urls): object | null {
  if (author.appId === null) return null;
  const slug = author.login.replace(/\[bot\]$/, "");
  return fill("integration", { id: author.appId, slug, name: slug, html_url: urls.webUrl, external_url: urls.webUrl });
}

function pullOf(issue: FakeIssue): FakePull {
  if (issue.pull === null) throw new Error(`#${issue.number} is no pull request`);
  return issue.pull;
}

function sum(files: readonly TreeChange[], field: "additions" | "deletions"): number {
  return files.reduce((total, file) => total + file[field], 0);
}
