/** Every operation of Gitea that Culprit calls, as its API description names it. */
export const giteaOperations = [
  "GET /user",
  "GET /repos/{owner}/{repo}",
  "GET /repos/{owner}/{repo}/pulls",
  "POST /repos/{owner}/{repo}/pulls",
  "GET /repos/{owner}/{repo}/pulls/{index}",
  "PATCH /repos/{owner}/{repo}/pulls/{index}",
  "GET /repos/{owner}/{repo}/pulls/{index}.{diffType}",
  "GET /repos/{owner}/{repo}/pulls/{index}/reviews",
  "POST /repos/{owner}/{repo}/pulls/{index}/requested_reviewers",
  "GET /repos/{owner}/{repo}/commits/{ref}/status",
  "GET /repos/{owner}/{repo}/git/commits/{sha}",
  "GET /repos/{owner}/{repo}/labels",
  "POST /repos/{owner}/{repo}/labels",
  "GET /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues/{index}/labels",
  "GET /repos/{owner}/{repo}/issues/{index}/comments",
  "POST /repos/{owner}/{repo}/issues/{index}/comments",
] as const;
export type GiteaOperation = (typeof giteaOperations)[number];
