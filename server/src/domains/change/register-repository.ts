import { sql } from "kysely";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { newId } from "../../platform/ids/ids.ts";
import type { ChangeDeps } from "./change-deps.ts";

export interface RegisteredRepository {
  readonly repositoryId: string;
  readonly defaultBranch: string | null;
}

/**
 * Makes a repository known to a project and mirrors it. Idempotent: the same URL again brings the mirror up to date.
 * @throws CulpritError INVALID_REQUEST for a URL that git is not given, or a path that is no repository; REPOSITORY_UNAVAILABLE
 * when the other side can't be read: the repository stays registered with the reason, and is tried again when a commit is needed.
 */
export async function registerRepository(
  deps: ChangeDeps,
  request: { readonly projectId: string; readonly url: string },
): Promise<RegisteredRepository> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO repositories (id, project_id, url) VALUES (${newId()}, ${request.projectId}, ${request.url})
    ON CONFLICT (project_id, url) DO UPDATE SET updated_at = now() RETURNING id`.execute(deps.database.db);
  const id = rows[0]?.id ?? "";
  const repository = { id, url: request.url };
  try {
    await deps.git.fetch(repository);
    const defaultBranch = await deps.git.defaultBranch(repository);
    await sql`UPDATE repositories SET default_branch = ${defaultBranch}, last_fetched_at = now(), last_error = NULL WHERE id = ${id}`.execute(
      deps.database.db,
    );
    return { repositoryId: id, defaultBranch };
  } catch (error) {
    if (error instanceof CulpritError && error.code === "INVALID_REQUEST") {
      await sql`DELETE FROM repositories WHERE id = ${id} AND last_fetched_at IS NULL`.execute(deps.database.db);
    } else if (error instanceof CulpritError) {
      await sql`UPDATE repositories SET last_error = ${error.message.slice(0, 1000)} WHERE id = ${id}`.execute(
        deps.database.db,
      );
    }
    throw error;
  }
}
