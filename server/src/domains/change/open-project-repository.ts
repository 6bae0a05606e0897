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

/**
 * The repository that a project registered last, of those that were ever fetched if there is one, opened for reading. Never throws for a repository that can't be read:
 * work goes on without code and says so. May clone, so it is never called inside a transaction.
 */
export async function openProjectRepository(deps: ChangeDeps, projectId: string): Promise<ProjectRepositoryResult> {
  const row = await deps.database.db
    .selectFrom("repositories")
    .select(["id", "url"])
    .where("project_id", "=", projectId)
    .orderBy("last_fetched_at", (order) => order.desc().nullsLast())
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return { kind: "none" };
  try {
    return { kind: "open", repository: { ...row, git: await deps.git.open(row) } };
  } catch (error) {
    if (error instanceof CulpritError) return { kind: "unavailable", reason: error.message };
    throw error;
  }
}
