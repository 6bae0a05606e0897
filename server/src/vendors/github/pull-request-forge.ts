import type {
  ChangedFile,
  ListedPullRequest,
  PullRequestForge,
  PullRequestRef,
  PullRequestState,
} from "../../domains/integration/index.ts";
import { VendorRefused } from "../../domains/integration/index.ts";
import { outcomeOfChecks, outcomeOfReviews } from "../shared/pull-request-outcomes.ts";
import { connectGitHub, GITHUB_API, type GitHub, type GitHubOptions } from "./connect.ts";
import { orNull } from "./read-contents.ts";
import { readPullRequests } from "./read-pull-requests.ts";
import { fromGitHub, parseRepository, type Repository } from "./repository.ts";
import { fit, writeComments } from "./write-comments.ts";

const CHECKS_MAX = 300;

/** Pull requests of one repository of GitHub or of a GitHub Enterprise server. */
export function githubPullRequests(
  options: GitHubOptions & { readonly repository: string; readonly integrationId: string | null },
): PullRequestForge {
  const at = parseRepository(options.repository);
  const github = connectGitHub(options);
  const { request } = github;
  const [reads, writes] = [readPullRequests(github, at), writeComments(github, at)];
  const base = (options.baseUrl ?? GITHUB_API).replace(/\/+$/, "");
  return {
    kind: "github",
    repository: options.repository,
    integrationId: options.integrationId,
    remote: async () => ({
      url: `${webAddress(base)}/${at.owner}/${at.repo}.git`,
      credentials: { username: "x-access-token", password: await github.gitToken() },
    }),
    identity: () => identityOf(github, options),
    defaultBranch: async () => (await request("GET /repos/{owner}/{repo}", { ...at })).data.default_branch,
    openPullRequest: async ({ title, body, head, base: to, isDraft }, marker) => {
      const asked = { ...at, title: title.slice(0, 256), body: fit(body, marker), head, base: to, draft: isDraft };
      return refOf((await request("POST /repos/{owner}/{repo}/pulls", asked)).data);
    },
    findPullRequest: async (branch) => {
      const head = `${at.owner}:${branch}`;
      const { data } = await request("GET /repos/{owner}/{repo}/pulls", { ...at, state: "open", head });
      const [found] = data;
      return found === undefined ? null : refOf(found);
    },
    openPullRequests: async (limit) => {
      const open = { ...at, state: "open", sort: "created", direction: "desc" } as const;
      const pulls = await github.list(
        (page) => request("GET /repos/{owner}/{repo}/pulls", { ...open, ...page }),
        limit,
      );
      return pulls.map(
        (pull): ListedPullRequest => ({
          ...refOf(pull),
          title: pull.title,
          body: pull.body ?? "",
          author: fromGitHub(pull.user).author,
          headBranch: pull.head.ref,
          createdAt: new Date(pull.created_at),
        }),
      );
    },
    changedFiles: (number): Promise<readonly ChangedFile[]> => reads.changedFiles(number),
    pullRequestState: (number) => stateOf(github, at, reads, number),
    comment: writes.postComment,
    findComment: writes.findComment,
    close: async (number) => {
      await request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number: number, state: "closed" });
    },
    addLabels: writes.addLabels,
    requestReviewers: (number, logins) => requestEach(github, at, number, logins),
    authorOf: async (sha) => {
      const found = await knownOrNull(request("GET /repos/{owner}/{repo}/commits/{ref}", { ...at, ref: sha }));
      const author = found?.data.author;
      return author != null && "login" in author && typeof author.login === "string" ? author.login : null;
    },
    openIssue: async (issue, marker) => {
      const { number, url } = await writes.createIssue({ ...issue, assignees: [] }, marker);
      return { number, url };
    },
    findIssue: async (marker) => {
      const found = await writes.findIssue(marker);
      return found === null ? null : { number: found.number, url: found.url };
    },
  };
}

/** Where people and git go, by the address of the API. */
function webAddress(api: string): string {
  return api === GITHUB_API ? "https://github.com" : api.replace(/\/api\/v3$/, "").replace("://api.", "://");
}

async function identityOf(github: GitHub, options: GitHubOptions): Promise<{ name: string; email: string }> {
  const { auth } = options;
  if (auth.kind === "app") {
    const { data } = await connectGitHub({ ...options, auth: { ...auth, installationId: null } }).request("GET /app");
    const name = `${data?.slug ?? "culprit"}[bot]`;
    return { name, email: `${name}@users.noreply.github.com` };
  }
  const { data } = await github.request("GET /user");
  return { name: data.login, email: `${data.id}+${data.login}@users.noreply.github.com` };
}

async function stateOf(
  { request, list }: GitHub,
  at: Repository,
  reads: ReturnType<typeof readPullRequests>,
  number: number,
): Promise<PullRequestState | null> {
  const found = await orNull(request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number: number }));
  if (found === null) return null;
  const { data: pull } = found;
  const { sha } = pull.head;
  const [runs, combined, reviews] = await Promise.all([
    withoutRight(
      list(async (page) => {
        const { data } = await request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
          ...at,
          ref: sha,
          ...page,
        });
        return { data: data.check_runs };
      }, CHECKS_MAX),
    ),
    request("GET /repos/{owner}/{repo}/commits/{ref}/status", { ...at, ref: sha, per_page: 100 }),
    reads.reviews(number),
  ]);
  const fine = ["success", "neutral", "skipped"];
  const checks = [
    ...runs.map((run) => ({
      name: run.name,
      state: run.status !== "completed" ? "pending" : fine.includes(run.conclusion ?? "") ? "success" : "failure",
    })),
    ...combined.data.statuses.map(({ context, state }) => ({
      name: context,
      state: state === "error" ? "failure" : state,
    })),
  ];
  return {
    ...refOf(pull),
    title: pull.title,
    state: pull.merged_at !== null ? "merged" : pull.state === "closed" ? "closed" : "open",
    headSha: sha,
    mergedAt: pull.merged_at === null ? null : new Date(pull.merged_at),
    closedAt: pull.closed_at === null ? null : new Date(pull.closed_at),
    checks: outcomeOfChecks(checks),
    reviews: outcomeOfReviews(
      reviews.map(({ author, state }) => ({
        author,
        says:
          state === "APPROVED"
            ? "approved"
            : state === "CHANGES_REQUESTED"
              ? "changes_requested"
              : state === "DISMISSED"
                ? "nothing"
                : null,
      })),
    ),
  };
}

/** Null for a commit that GitHub does not know, which it says with 422. */
async function knownOrNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof VendorRefused && (error.status === 404 || error.status === 422)) return null;
    throw error;
  }
}

/** Nothing, where the token may not read it: not every kind of token can be given the right to. */
async function withoutRight<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof VendorRefused && error.status === 403 && !error.isWorthRetrying) return [];
    throw error;
  }
}

/** One by one: GitHub refuses all where one of them can't be asked. */
async function requestEach(
  { request }: GitHub,
  at: Repository,
  number: number,
  logins: readonly string[],
): Promise<string[]> {
  const refused: string[] = [];
  for (const login of logins) {
    const [owner = "", team] = login.split("/");
    const whom = team === undefined ? { reviewers: [owner] } : { team_reviewers: [team] };
    try {
      const asked = { ...at, pull_number: number, ...whom };
      await request("POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", asked);
    } catch (error) {
      if (!(error instanceof VendorRefused) || error.isWorthRetrying) throw error;
      refused.push(login);
    }
  }
  return refused;
}

function refOf({ number, html_url: url }: { readonly number: number; readonly html_url: string }): PullRequestRef {
  return { number, url };
}
