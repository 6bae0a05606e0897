import { sql } from "kysely";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { newId } from "../../platform/ids/ids.ts";
import type { ChangeDeps } from "./change-deps.ts";

export interface RegisteredRepository {
  readonly repositoryId: string;
  readonly defaultBranch: string | null;
  /** What is wrong with the default branch and how it is mended. */
  readonly warning: string | null;
}

/**
 * Makes a repository known to a project and mirrors it. Idempotent: the same URL again brings the mirror up to date. It is
 * mirrored before it is stored, so of one that can't be read nothing stays; one that was read before stays, with the reason.
 * @throws CulpritError INVALID_REQUEST for a URL that git is not given, or a path that is no repository; REPOSITORY_UNAVAILABLE
 * when the other side can't be read.
 */
export async function registerRepository(
  deps: ChangeDeps,
  request: { readonly projectId: string; readonly url: string },
): Promise<RegisteredRepository> {
  const { projectId, url } = request;
  const { db } = deps.database;
  const known = await db
    .selectFrom("repositories")
    .select(["id", "last_fetched_at"])
    .where("project_id", "=", projectId)
    .where("url", "=", url)
    .executeTakeFirst();
  const id = known?.id ?? newId();
  try {
    await deps.git.fetch({ id, url });
    const { branch: defaultBranch, warning } = await deps.git.defaultBranch({ id, url });
    const { rows } = await sql<{ id: string }>`
      INSERT INTO repositories (id, project_id, url, default_branch, last_fetched_at)
      VALUES (${id}, ${projectId}, ${url}, ${defaultBranch}, now())
      ON CONFLICT (project_id, url) DO UPDATE
        SET default_branch = EXCLUDED.default_branch, last_fetched_at = EXCLUDED.last_fetched_at, last_error = NULL
      RETURNING id`.execute(db);
    const repositoryId = rows[0]?.id ?? id;
    // Another request registered the same URL meanwhile: its mirror is the one that is read.
    if (repositoryId !== id) await deps.git.forget(id);
    return { repositoryId, defaultBranch, warning };
  } catch (error) {
    if (known?.last_fetched_at == null) {
      await sql`DELETE FROM repositories WHERE id = ${id} AND last_fetched_at IS NULL`.execute(db);
      await deps.git.forget(id);
    } else if (error instanceof CulpritError) {
      await sql`UPDATE repositories SET last_error = ${error.message.slice(0, 1000)} WHERE id = ${id}`.execute(db);
    }
    throw error;
  }
}
