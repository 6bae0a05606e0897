import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { ChangeDeps } from "./change-deps.ts";
import { openProjectRepositories, repositoryWith } from "./open-project-repository.ts";
import type { GitRepository } from "./ports.ts";

/** What a repository holds at one commit, as far as people ask about all of it. */
export interface Workspace {
  readonly commit: string;
  /** Paths below the folder that was asked for, as seen from it. */
  readonly files: readonly string[];
  /** Newest first. */
  readonly commitMessages: readonly string[];
  /** Texts of those files that were wanted; what is binary or too large is left out. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface WorkspaceRequest {
  readonly projectId: string;
  /** As it was registered; null for the one that has the revision, or the newest. */
  readonly repositoryUrl: string | null;
  /** A tag, branch or commit; null for the default branch. */
  readonly revision: string | null;
  /** A folder of the repository; `.` is all of it. */
  readonly folder: string;
  readonly commitsMax: number;
  /** Whether a file's text is wanted; at most 50 are read. */
  readonly wants: (path: string) => boolean;
}

const textsMax = 50;

/**
 * Reads one of the project's repositories from its mirror.
 * @throws CulpritError NOT_FOUND for a repository that is not registered or a revision that is not in it,
 * REPOSITORY_UNAVAILABLE when it can't be read.
 */
export async function readWorkspace(deps: ChangeDeps, request: WorkspaceRequest): Promise<Workspace> {
  const row = await repositoryRow(deps, request);
  const git = await deps.git.open(row);
  const commit = await git.resolveCommit(request.revision ?? row.default_branch ?? "HEAD");
  if (commit === null) {
    const wanted = request.revision ?? row.default_branch ?? "HEAD";
    throw new CulpritError("NOT_FOUND", `The repository has no ${wanted}. Push it, or name another revision.`);
  }
  return readAt(git, commit, request);
}

async function readAt(git: GitRepository, commit: string, request: WorkspaceRequest): Promise<Workspace> {
  const prefix = prefixOf(request.folder);
  const [all, commits] = await Promise.all([
    git.listFiles(commit),
    git.listCommits({ to: commit, commitsMax: request.commitsMax, ...(prefix === "" ? {} : { paths: [prefix] }) }),
  ]);
  const files = all.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const wanted = files.filter(request.wants).slice(0, textsMax);
  const texts = await git.readFiles(
    commit,
    wanted.map((path) => prefix + path),
  );
  return {
    commit,
    files,
    commitMessages: commits.map(({ subject, body }) => `${subject}\n${body}`),
    texts: new Map(
      wanted.flatMap((path) => {
        const text = texts.get(prefix + path);
        return typeof text === "string" ? [[path, text] as const] : [];
      }),
    ),
  };
}

async function repositoryRow(deps: ChangeDeps, { projectId, repositoryUrl, revision }: WorkspaceRequest) {
  const rows = await deps.database.db
    .selectFrom("repositories")
    .select(["id", "url", "default_branch"])
    .where("project_id", "=", projectId)
    .orderBy("last_fetched_at", (order) => order.desc().nullsLast())
    .orderBy("id", "desc")
    .limit(100)
    .execute();
  const holder =
    repositoryUrl === null && revision !== null
      ? (await repositoryWith(await openProjectRepositories(deps, projectId), revision)).repository
      : null;
  const found =
    repositoryUrl === null
      ? (rows.find(({ id }) => id === holder?.id) ?? rows[0])
      : rows.find(({ url }) => sameUrl(url, repositoryUrl));
  if (found !== undefined) return found;
  throw new CulpritError(
    "NOT_FOUND",
    repositoryUrl === null
      ? "The project has no repository. Register one: POST /api/repositories."
      : `${repositoryUrl} is not a repository of this project. Register it: POST /api/repositories.`,
  );
}

/** The same repository by https, ssh or without `.git`. */
function sameUrl(a: string, b: string): boolean {
  const plain = (url: string) =>
    url
      .replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, "")
      .replace(/^[^@/]+@([^:/]+):/, "$1/")
      .replace(/(?:\.git)?\/*$/, "")
      .toLowerCase();
  return plain(a) === plain(b);
}

function prefixOf(folder: string): string {
  const parts = folder.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes(".."))
    throw new CulpritError("INVALID_REQUEST", "A workspace lies inside its repository: leave out `..`.");
  return parts.length === 0 ? "" : `${parts.join("/")}/`;
}
