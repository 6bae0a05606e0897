import { z } from "zod";
import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import {
  type ChangedFile,
  type PullRequestForge,
  type PullRequestRef,
  type PullRequestState,
  VendorRefused,
} from "../../domains/integration/index.ts";
import { hasMarker, withMarker } from "../github/markers.ts";
import { parseRepository } from "../github/repository.ts";
import { outcomeOfChecks, outcomeOfReviews } from "../shared/pull-request-outcomes.ts";
import { connectGitea, type Gitea, type GiteaOptions } from "./call-gitea.ts";

const pulls = { max: 500 } as const;
const lookedThroughMax = 500;
const draftMark = "WIP: ";
/** Of labels that are made because the repository has none of that name. */
const labelColor = "#6b7280";

const user = z.looseObject({ login: z.string() });
const named = z.looseObject({ number: z.number().int(), html_url: z.string() });
const pull = named.extend({
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  closed_at: z.string().nullish(),
  created_at: z.string(),
  user: user.nullish(),
  head: z.looseObject({ ref: z.string(), sha: z.string() }),
});
const issue = named.extend({ body: z.string().nullish(), user: user.nullish() });
const comment = z.looseObject({ id: z.number(), html_url: z.string(), body: z.string(), user: user.nullish() });
const review = z.looseObject({ user: user.nullish(), state: z.string(), dismissed: z.boolean().nullish() });
const combined = z.looseObject({
  statuses: z.array(z.looseObject({ context: z.string(), status: z.string() })).nullish(),
});

/** Pull requests of one repository of a Gitea or Forgejo server. */
export function giteaPullRequests(
  options: GiteaOptions & { readonly repository: string; readonly integrationId: string | null },
): PullRequestForge {
  const { owner, repo } = parseRepository(options.repository);
  const gitea = connectGitea(options);
  const at = `/repos/${owner}/${repo}`;
  const me = () =>
    gitea.call(
      "GET",
      "/user",
      user.extend({ id: z.number(), email: z.string().nullish(), full_name: z.string().nullish() }),
    );
  /** Texts that hold the marker and that the token's own user wrote: anybody can copy a marker. */
  const ownOf = async <T extends { body?: string | null | undefined; user?: { login: string } | null | undefined }>(
    items: readonly T[],
    marker: string,
  ): Promise<T | null> => {
    const marked = items.filter(({ body }) => hasMarker(body, marker));
    if (marked.length === 0) return null;
    const { login } = await me();
    return marked.find((item) => item.user?.login === login) ?? null;
  };
  return {
    kind: "gitea",
    repository: options.repository,
    integrationId: options.integrationId,
    // The user's name is not looked at where the password is a token.
    remote: async () => ({
      url: `${options.baseUrl}/${owner}/${repo}.git`,
      credentials: { username: "culprit", password: options.token },
    }),
    identity: async () => {
      const { login, email, full_name: name } = await me();
      return { name: name?.trim() || login, email: email || `${login}@noreply.${new URL(options.baseUrl).hostname}` };
    },
    defaultBranch: async () =>
      (await gitea.call("GET", at, z.looseObject({ default_branch: z.string() }))).default_branch,
    openPullRequest: async ({ title, body, head, base, isDraft }, marker) => {
      const asked = {
        title: `${isDraft ? draftMark : ""}${title}`.slice(0, 255),
        body: withMarker(body, marker),
        head,
        base,
      };
      return refOf(await gitea.call("POST", `${at}/pulls`, named, asked));
    },
    findPullRequest: async (branch) => {
      const open = await gitea.list(`${at}/pulls?state=open&sort=recentupdate`, pull, pulls.max);
      const found = open.find(({ head }) => head.ref === branch);
      return found === undefined ? null : refOf(found);
    },
    openPullRequests: async (limit) =>
      (await gitea.list(`${at}/pulls?state=open`, pull, limit)).map((one) => ({
        ...refOf(one),
        title: one.title,
        body: one.body ?? "",
        author: one.user?.login ?? "ghost",
        headBranch: one.head.ref,
        createdAt: new Date(one.created_at),
      })),
    changedFiles: async (number) => filesOf(await gitea.text(`${at}/pulls/${number}.diff`)),
    pullRequestState: (number) => stateOf(gitea, at, number),
    comment: async (number, body, marker) =>
      madeOf(await gitea.call("POST", `${at}/issues/${number}/comments`, comment, { body: withMarker(body, marker) })),
    findComment: async (number, marker) => {
      const found = await ownOf(await gitea.call("GET", `${at}/issues/${number}/comments`, z.array(comment)), marker);
      return found === null ? null : madeOf(found);
    },
    close: async (number) => {
      await gitea.call("PATCH", `${at}/pulls/${number}`, named, { state: "closed" });
    },
    addLabels: async (number, labels) => {
      const ids = await labelIds(gitea, at, labels);
      await gitea.call("POST", `${at}/issues/${number}/labels`, z.unknown(), { labels: ids });
    },
    requestReviewers: (number, logins) => requestEach(gitea, at, number, logins),
    authorOf: async (sha) => {
      const found = await orNull(
        gitea.call("GET", `${at}/git/commits/${sha}`, z.looseObject({ author: user.nullish() })),
      );
      return found?.author?.login || null;
    },
    openIssue: async ({ title, body, labels }, marker) => {
      const asked = {
        title: title.slice(0, 255),
        body: withMarker(body, marker),
        labels: await labelIds(gitea, at, labels),
      };
      return refOf(await gitea.call("POST", `${at}/issues`, named, asked));
    },
    findIssue: async (marker) => {
      const found = await ownOf(
        await gitea.list(`${at}/issues?type=issues&state=all`, issue, lookedThroughMax),
        marker,
      );
      return found === null ? null : refOf(found);
    },
  };
}

async function stateOf(gitea: Gitea, at: string, number: number): Promise<PullRequestState | null> {
  const found = await orNull(gitea.call("GET", `${at}/pulls/${number}`, pull));
  if (found === null) return null;
  const [status, reviews] = await Promise.all([
    gitea.call("GET", `${at}/commits/${found.head.sha}/status`, combined),
    gitea.call("GET", `${at}/pulls/${number}/reviews`, z.array(review)),
  ]);
  return {
    ...refOf(found),
    title: found.title,
    state: found.merged === true ? "merged" : found.state,
    headSha: found.head.sha,
    mergedAt: dateOf(found.merged_at),
    closedAt: dateOf(found.closed_at),
    checks: outcomeOfChecks(
      (status.statuses ?? []).map(({ context, status: state }) => ({
        name: context,
        state: checkStates[state] ?? "failure",
      })),
    ),
    reviews: outcomeOfReviews(
      reviews.map(({ user: by, state, dismissed }) => ({
        author: by?.login ?? "ghost",
        says: dismissed === true ? "nothing" : (reviewStates[state] ?? null),
      })),
    ),
  };
}

const checkStates: Readonly<Record<string, string>> = {
  success: "success",
  warning: "success",
  skipped: "success",
  pending: "pending",
};
const reviewStates: Readonly<Record<string, "approved" | "changes_requested">> = {
  APPROVED: "approved",
  REQUEST_CHANGES: "changes_requested",
};

/** Ids of labels by their names; one that the repository does not have is made. */
async function labelIds(gitea: Gitea, at: string, names: readonly string[]): Promise<number[]> {
  if (names.length === 0) return [];
  const label = z.looseObject({ id: z.number().int(), name: z.string() });
  const known = await gitea.list(`${at}/labels`, label, lookedThroughMax);
  const ids: number[] = [];
  for (const name of names) {
    const found = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
    ids.push((found ?? (await gitea.call("POST", `${at}/labels`, label, { name, color: labelColor }))).id);
  }
  return ids;
}

/** One by one: Gitea refuses all where one of them can't be asked. */
async function requestEach(gitea: Gitea, at: string, number: number, logins: readonly string[]): Promise<string[]> {
  const refused: string[] = [];
  for (const login of logins) {
    const [owner = "", team] = login.split("/");
    const whom = team === undefined ? { reviewers: [owner] } : { team_reviewers: [team] };
    try {
      await gitea.call("POST", `${at}/pulls/${number}/requested_reviewers`, z.unknown(), whom);
    } catch (error) {
      if (!(error instanceof VendorRefused) || error.isWorthRetrying) throw error;
      refused.push(login);
    }
  }
  return refused;
}

function filesOf(diff: string): ChangedFile[] {
  return diff.split(/^(?=diff --git )/m).flatMap((part) => {
    const [file] = parseDiff(part);
    const path = file?.newPath ?? file?.oldPath;
    if (file === undefined || path === null || path === undefined) return [];
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
    const isRenamed = file.oldPath !== null && file.newPath !== null && file.oldPath !== file.newPath;
    const status =
      file.oldPath === null ? "added" : file.newPath === null ? "removed" : isRenamed ? "renamed" : "modified";
    const hunksAt = part.search(/^@@ /m);
    return [
      {
        ...{ path, status, additions: count("added"), deletions: count("removed") },
        previousPath: isRenamed ? file.oldPath : null,
        patch: hunksAt < 0 ? null : part.slice(hunksAt),
      },
    ];
  });
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof VendorRefused && (error.status === 404 || error.status === 422)) return null;
    throw error;
  }
}

function refOf({ number, html_url: url }: z.infer<typeof named>): PullRequestRef {
  return { number, url };
}

function madeOf({ id, html_url: url }: z.infer<typeof comment>): { id: string; url: string } {
  return { id: String(id), url };
}

function dateOf(text: string | null | undefined): Date | null {
  return text == null ? null : new Date(text);
}
