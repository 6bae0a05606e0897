import type {
  ChangedFile,
  Forge,
  ForgeComment,
  ForgeIssue,
  PullRequest,
  Review,
} from "../../domains/integration/forge-port.ts";
import type { GitHub } from "./connect.ts";
import { fromGitHub, type Repository } from "./repository.ts";

/** GitHub itself gives no more files of a pull request. */
const FILES_MAX = 3000;
const REVIEWS_MAX = 1000;
const COMMENTS_MAX = 3000;

type Reads = Pick<Forge, "pullRequest" | "changedFiles" | "reviews" | "comments" | "staleIssues">;

/** Reads about pull requests and issues. */
export function readPullRequests(github: GitHub, at: Repository): Reads {
  const { request } = github;
  return {
    pullRequest: async (number): Promise<PullRequest> => {
      const { data } = await request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...at, pull_number: number });
      return {
        number: data.number,
        title: data.title,
        body: data.body ?? "",
        state: data.state,
        isMerged: data.merged,
        isDraft: data.draft ?? false,
        author: data.user.login,
        labels: data.labels.map(({ name }) => name),
        baseBranch: data.base.ref,
        baseSha: data.base.sha,
        headBranch: data.head.ref,
        headSha: data.head.sha,
        createdAt: new Date(data.created_at),
        mergedAt: dateOf(data.merged_at),
        closedAt: dateOf(data.closed_at),
        url: data.html_url,
      };
    },
    changedFiles: async (number): Promise<ChangedFile[]> => {
      const files = await github.list(
        (page) =>
          request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", { ...at, pull_number: number, ...page }),
        FILES_MAX,
      );
      return files.map((file) => ({
        path: file.filename,
        previousPath: file.previous_filename ?? null,
        status: statusOf(file.status),
        additions: file.additions,
        deletions: file.deletions,
        patch: file.patch ?? null,
      }));
    },
    reviews: async (number): Promise<Review[]> => {
      const reviews = await github.list(
        (page) =>
          request("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", { ...at, pull_number: number, ...page }),
        REVIEWS_MAX,
      );
      return reviews.map((review) => ({
        ...fromGitHub(review.user),
        state: review.state,
        body: review.body,
        submittedAt: dateOf(review.submitted_at ?? null),
      }));
    },
    comments: async (number): Promise<ForgeComment[]> => {
      const [ofConversation, ofCode] = await Promise.all([
        github.list(
          (page) =>
            request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
              ...at,
              issue_number: number,
              ...page,
            }),
          COMMENTS_MAX,
        ),
        commentsOfCode(github, at, number),
      ]);
      const comments = ofConversation.map((comment) => ({
        id: String(comment.id),
        ...fromGitHub(comment.user),
        body: comment.body ?? "",
        url: comment.html_url,
        createdAt: new Date(comment.created_at),
        path: null,
      }));
      return [...comments, ...ofCode].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    },
    staleIssues: async (since, limit): Promise<ForgeIssue[]> => {
      const stale: ForgeIssue[] = [];
      for (let page = 1; stale.length < limit; page++) {
        const { data } = await request("GET /repos/{owner}/{repo}/issues", {
          ...at,
          state: "open",
          sort: "updated",
          direction: "asc",
          per_page: 100,
          page,
        });
        const old = data.filter((issue) => Date.parse(issue.updated_at) < since.getTime());
        stale.push(
          ...old.map((issue) => ({
            number: issue.number,
            title: issue.title,
            state: issue.state === "open" ? ("open" as const) : ("closed" as const),
            labels: issue.labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))),
            author: fromGitHub(issue.user).author,
            isPullRequest: issue.pull_request !== undefined,
            updatedAt: new Date(issue.updated_at),
            url: issue.html_url,
          })),
        );
        if (data.length < 100 || old.length < data.length) break;
      }
      return stale.slice(0, limit);
    },
  };
}

/** Comments on code. An issue that is no pull request has none. */
async function commentsOfCode(github: GitHub, at: Repository, number: number): Promise<ForgeComment[]> {
  const comments = await github
    .list(
      (page) =>
        github.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", {
          ...at,
          pull_number: number,
          ...page,
        }),
      COMMENTS_MAX,
    )
    .catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
  return comments.map((comment) => ({
    id: `${OF_CODE}${comment.id}`,
    ...fromGitHub(comment.user),
    body: comment.body,
    url: comment.html_url,
    createdAt: new Date(comment.created_at),
    path: comment.path,
  }));
}

/** Comments on code are numbered apart from those of the conversation: their ids carry this. */
export const OF_CODE = "code-";

/** Whether GitHub answered 404. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 404;
}

function statusOf(status: string): ChangedFile["status"] {
  if (status === "added" || status === "copied") return "added";
  return status === "removed" || status === "renamed" ? status : "modified";
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
