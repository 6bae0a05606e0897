import type { Handler } from "../call.ts";
import type { GitHubOperation } from "../operations.ts";
import * as apps from "./apps.ts";
import * as checks from "./checks.ts";
import * as contents from "./contents.ts";
import * as issues from "./issues.ts";
import * as pulls from "./pulls.ts";

/** What each operation does, and which permission an installation or a fine-grained token needs for it. */
export const handlers: Readonly<Record<GitHubOperation, { readonly run: Handler; readonly needs: string | null }>> = {
  "GET /app": { run: apps.getApp, needs: null },
  "GET /app/hook/config": { run: apps.getAppHook, needs: null },
  "GET /app/installations/{installation_id}": { run: apps.getInstallation, needs: null },
  "POST /app/installations/{installation_id}/access_tokens": { run: apps.createInstallationToken, needs: null },
  "POST /app-manifests/{code}/conversions": { run: apps.convertManifest, needs: null },
  "GET /installation/repositories": { run: apps.listInstallationRepositories, needs: null },
  "GET /user": { run: apps.getUser, needs: null },
  "GET /repos/{owner}/{repo}": { run: contents.getRepository, needs: "metadata:read" },
  "GET /repos/{owner}/{repo}/hooks": { run: apps.listHooks, needs: "repository_hooks:read" },
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission": { run: apps.getPermission, needs: "metadata:read" },
  "GET /repos/{owner}/{repo}/pulls": { run: pulls.listPulls, needs: "pull_requests:read" },
  "POST /repos/{owner}/{repo}/pulls": { run: pulls.createPull, needs: "pull_requests:write" },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}": { run: pulls.getPull, needs: "pull_requests:read" },
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}": { run: pulls.updatePull, needs: "pull_requests:write" },
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": {
    run: pulls.requestReviewers,
    needs: "pull_requests:write",
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files": { run: pulls.listFiles, needs: "pull_requests:read" },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews": { run: pulls.listReviews, needs: "pull_requests:read" },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments": {
    run: pulls.listReviewComments,
    needs: "pull_requests:read",
  },
  "PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}": {
    run: issues.updateComment(true),
    needs: "pull_requests:write",
  },
  "POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions": {
    run: issues.react(true),
    needs: "pull_requests:write",
  },
  "GET /repos/{owner}/{repo}/issues": { run: issues.listIssues, needs: "issues:read" },
  "POST /repos/{owner}/{repo}/issues": { run: issues.createIssue, needs: "issues:write" },
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}": { run: issues.updateIssue, needs: "issues:write" },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": { run: issues.listComments, needs: "issues:read" },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": { run: issues.createComment, needs: "issues:write" },
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    run: issues.updateComment(false),
    needs: "issues:write",
  },
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": {
    run: issues.react(false),
    needs: "issues:write",
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": { run: issues.addLabels, needs: "issues:write" },
  "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}": {
    run: issues.removeLabel,
    needs: "issues:write",
  },
  "GET /repos/{owner}/{repo}/compare/{basehead}": { run: contents.compare, needs: "contents:read" },
  "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls": { run: contents.pullsOfCommit, needs: "pull_requests:read" },
  "GET /repos/{owner}/{repo}/commits/{ref}": { run: contents.getCommit, needs: "contents:read" },
  "GET /repos/{owner}/{repo}/commits/{ref}/status": { run: checks.combinedStatus, needs: "statuses:read" },
  "GET /repos/{owner}/{repo}/tags": { run: contents.listTags, needs: "contents:read" },
  "GET /repos/{owner}/{repo}/contents/{path}": { run: contents.getContents, needs: "contents:read" },
  "PUT /repos/{owner}/{repo}/contents/{path}": { run: contents.putContents, needs: "contents:write" },
  "GET /repos/{owner}/{repo}/git/ref/{ref}": { run: contents.getRef, needs: "contents:read" },
  "POST /repos/{owner}/{repo}/git/refs": { run: contents.createRef, needs: "contents:write" },
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": { run: checks.listChecks, needs: "checks:read" },
  "POST /repos/{owner}/{repo}/check-runs": { run: checks.createCheck, needs: "checks:write" },
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": { run: checks.updateCheck, needs: "checks:write" },
  "POST /repos/{owner}/{repo}/statuses/{sha}": { run: checks.createStatus, needs: "statuses:write" },
  "GET /repos/{owner}/{repo}/releases": { run: checks.listReleases, needs: "contents:read" },
  "POST /repos/{owner}/{repo}/releases": { run: checks.createRelease, needs: "contents:write" },
  "GET /repos/{owner}/{repo}/releases/tags/{tag}": { run: checks.releaseByTag, needs: "contents:read" },
};
