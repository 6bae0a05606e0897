import type { Kysely } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { ChangeDeps } from "./change-deps.ts";
import type { GitRepository } from "./ports.ts";

export interface ProjectRepository {
  readonly id: string;
  readonly url: string;
  readonly git: GitRepository;
}

/** A project's repository, or why there is none to read. */
export type ProjectRepositoryResult =
  | { readonly kind: "open"; readonly repository: ProjectRepository }
  | { readonly kind: "none" }
  | { readonly kind: "unavailable"; readonly reason: string };

/** What can be read of a project's repositories, the one fetched last first, and why the others can't be. */
export interface ProjectRepositories {
  readonly readable: readonly ProjectRepository[];
  readonly problems: readonly string[];
}

/** The repository that has a commit; or null, and why some could not tell. */
export interface RepositorySearch {
  readonly repository: ProjectRepository | null;
  readonly problems: readonly string[];
}

const repositoriesMax = 20;

/** A project's repositories, the one fetched last first, at most 20. */
export async function projectRepositoryRows(
  db: Kysely<DB>,
  projectId: string,
): Promise<readonly { readonly id: string; readonly url: string; readonly last_fetched_at: Date | null }[]> {
  return db
    .selectFrom("repositories")
    .select(["id", "url", "last_fetched_at"])
    .where("project_id", "=", projectId)
    .orderBy("last_fetched_at", (order) => order.desc().nullsLast())
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(repositoriesMax)
    .execute();
}

/**
 * Opens a project's repositories for reading; those that were never fetched only where none was. Never throws for one that can't be read:
 * work goes on without it and says so. May clone, so it is never called inside a transaction.
 */
export async function openProjectRepositories(deps: ChangeDeps, projectId: string): Promise<ProjectRepositories> {
  const rows = await projectRepositoryRows(deps.database.db, projectId);
  const fetched = rows.filter(({ last_fetched_at }) => last_fetched_at !== null);
  const opened = await Promise.all(
    (fetched.length > 0 ? fetched : rows).map(({ id, url }) =>
      orProblem(async () => ({ id, url, git: await deps.git.open({ id, url }) })),
    ),
  );
  return { readable: opened.flatMap(readOf), problems: opened.flatMap(problemsOf) };
}

/**
 * Of these repositories the first that has a commit, or a tag or branch of this name. All are looked through as they are before they are
 * fetched for it. Never inside a transaction.
 */
export async function repositoryWith(
  { readable, problems }: ProjectRepositories,
  revision: string,
): Promise<RepositorySearch> {
  const here = await holderOf(readable, [revision]);
  if (here !== null) return { repository: here, problems };
  const asked = await Promise.all(
    readable.map((one) => orProblem(async () => ((await one.git.resolveCommit(revision)) === null ? null : one))),
  );
  return {
    repository: asked.flatMap(readOf).find((one) => one !== null) ?? null,
    problems: [...problems, ...asked.flatMap(problemsOf)],
  };
}

/** The repository whose mirror has the first of these commits that any has; null where none has one. Fetches nothing. */
export async function holderOf(
  repositories: readonly ProjectRepository[],
  commits: readonly string[],
): Promise<ProjectRepository | null> {
  for (const commit of commits)
    for (const one of repositories) if ((await one.git.resolveCommit(commit, { isLocal: true })) !== null) return one;
  return null;
}

/** Says that none of a project's repositories has a commit, for the middle of a sentence. */
export function noneHasCommit(count: number, commit: string): string {
  return count === 1
    ? `the repository has no commit ${commit}`
    : `none of the ${count} repositories that were looked through has the commit ${commit}`;
}

/** The project's repository that has a commit (or tag, or branch); where none is named, the one that was fetched last. As for `openProjectRepositories`. */
export async function openProjectRepository(
  deps: ChangeDeps,
  projectId: string,
  revision: string | null = null,
): Promise<ProjectRepositoryResult> {
  const repositories = await openProjectRepositories(deps, projectId);
  const { readable } = repositories;
  const found =
    revision === null
      ? { repository: readable[0] ?? null, problems: repositories.problems }
      : await repositoryWith(repositories, revision);
  if (found.repository !== null) return { kind: "open", repository: found.repository };
  const reasons = [...(revision === null ? [] : whyMissing(readable.length, revision)), ...found.problems];
  return reasons.length === 0 ? { kind: "none" } : { kind: "unavailable", reason: reasons.join("; ") };
}

function whyMissing(count: number, revision: string): string[] {
  return count === 0 ? [] : [noneHasCommit(count, revision.slice(0, 10))];
}

type OrProblem<T> = { readonly value: T } | { readonly problem: string };

async function orProblem<T>(read: () => Promise<T>): Promise<OrProblem<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof CulpritError) return { problem: error.message };
    throw error;
  }
}

const readOf = <T>(read: OrProblem<T>): T[] => ("value" in read ? [read.value] : []);
const problemsOf = (read: OrProblem<unknown>): string[] => ("problem" in read ? [read.problem] : []);
