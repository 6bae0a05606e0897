import type { Forge } from "../../domains/integration/forge-port.ts";
import type { GitHub } from "./connect.ts";
import { isMissing } from "./read-pull-requests.ts";
import { fromGitHub, type Repository } from "./repository.ts";

const COMMITS_MAX = 1000;
/** Each one is a request. */
const MERGES_MAX = 200;

type Reads = Pick<
  Forge,
  "mergedBetween" | "latestTags" | "file" | "filesIn" | "defaultBranch" | "branchTip" | "mayWrite"
>;

/** Reads about commits, files and people. */
export function readContents(github: GitHub, at: Repository): Reads {
  const { request } = github;
  return {
    mergedBetween: async (from, to) => {
      const basehead = `${from}...${to}`;
      const commits = await github.list(async (page) => {
        const { data } = await request("GET /repos/{owner}/{repo}/compare/{basehead}", { ...at, basehead, ...page });
        return { data: data.commits };
      }, COMMITS_MAX);
      // Only what the first parents lead through was merged by itself; the rest lies inside those merges.
      const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
      const line = [];
      for (let next = commits.at(-1); next !== undefined; next = bySha.get(next.parents[0]?.sha ?? "")) line.push(next);
      const merged = [];
      for (const commit of line.slice(0, MERGES_MAX)) {
        const { data: pulls } = await request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
          ...at,
          commit_sha: commit.sha,
        });
        const pull = pulls.find(({ merged_at }) => merged_at !== null);
        merged.push({
          number: pull?.number ?? null,
          title: pull?.title ?? commit.commit.message.split("\n")[0] ?? "",
          author: pull?.user?.login ?? commit.author?.login ?? commit.commit.author?.name ?? "ghost",
          sha: commit.sha,
          labels: pull?.labels.map(({ name }) => name) ?? [],
        });
      }
      return merged;
    },
    latestTags: async (limit) => {
      const tags = await github.list((page) => request("GET /repos/{owner}/{repo}/tags", { ...at, ...page }), limit);
      return tags.map(({ name, commit }) => ({ name, sha: commit.sha }));
    },
    file: async (path, ref) => (await readFile(github, at, path, ref))?.text ?? null,
    filesIn: async (folder, ref) => {
      const entries = await orNull(request("GET /repos/{owner}/{repo}/contents/{path}", { ...at, path: folder, ref }));
      if (entries === null || !Array.isArray(entries.data)) return [];
      return entries.data.filter(({ type }) => type === "file").map(({ path }) => path);
    },
    defaultBranch: async () => (await request("GET /repos/{owner}/{repo}", { ...at })).data.default_branch,
    branchTip: async (branch) => {
      const found = await orNull(request("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...at, ref: `heads/${branch}` }));
      return found?.data.object.sha ?? null;
    },
    mayWrite: async (login) => {
      // Bots' logins end with [bot] and name no collaborator.
      if (fromGitHub({ login }).isBot) return false;
      const found = await orNull(
        request("GET /repos/{owner}/{repo}/collaborators/{username}/permission", { ...at, username: login }),
      );
      return found?.data.permission === "admin" || found?.data.permission === "write";
    },
  };
}

/** A file's text and the id that a change of it must name; null where there is none, or it is a folder or no text. */
export async function readFile(
  { request }: GitHub,
  at: Repository,
  path: string,
  ref: string,
): Promise<{ readonly text: string; readonly sha: string } | null> {
  const found = await orNull(request("GET /repos/{owner}/{repo}/contents/{path}", { ...at, path, ref }));
  const data = found?.data;
  if (data === undefined || Array.isArray(data) || data.type !== "file" || !("content" in data)) return null;
  // Over 1 MB GitHub gives no content here and says so by the encoding.
  if (data.encoding !== "base64") return null;
  return { text: Buffer.from(data.content, "base64").toString("utf8"), sha: data.sha };
}

/** The answer, or null for GitHub's 404. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
