import type { FastifyRequest } from "fastify";
import type { Database, DatabaseScope, Tenant } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";
import type { Caller } from "./authenticate.ts";

/** What row-level security is told about the caller. */
export function tenantOf(caller: Pick<Caller, "projectId"> & { readonly userId?: string }): Tenant {
  return { userId: caller.userId ?? null, projectId: caller.projectId };
}

/**
 * The project that a list is narrowed to: the key's, the one named by a person (`proj_…`), or null for all they may see.
 * @throws CulpritError NOT_FOUND when a key names a project that isn't its own.
 */
export function scopeOf(caller: Caller, named: string | undefined): string | null {
  const wanted = named === undefined ? null : fromPublicId("proj", named);
  if (caller.projectId === null) return wanted;
  if (wanted !== null && wanted !== caller.projectId)
    throw new CulpritError("NOT_FOUND", `There is no project ${named} that you can see.`);
  return caller.projectId;
}

/**
 * The project that a request is about, the key's or the one a signed-in person names by `?project=`, and the database
 * narrowed to it.
 * @throws CulpritError INVALID_REQUEST when none is named.
 */
export function projectOfRequest(
  request: FastifyRequest,
  caller: Caller,
  database: Database,
): { readonly projectId: string; readonly scope: DatabaseScope } {
  const projectId = scopeOf(caller, (request.query as { project?: string }).project);
  if (projectId === null) {
    throw new CulpritError(
      "INVALID_REQUEST",
      "Say which project this is about: add ?project=proj_… or use the project's API key.",
      { details: { field: "project" } },
    );
  }
  return { projectId, scope: database.asTenant(tenantOf({ ...caller, projectId })) };
}
