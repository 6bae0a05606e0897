import type { FastifyRequest } from "fastify";
import type { KeyRing } from "../../domains/access/index.ts";
import type { Database, DatabaseScope } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { requireCaller } from "./authenticate.ts";
import { projectOfRequest } from "./caller-scope.ts";

/**
 * The project that a request is about, if the caller may see it: for what is then read by the engine, as another engine or a shared store must be.
 * @throws CulpritError NOT_FOUND otherwise: no access looks like no project.
 */
export async function visibleProject(
  request: FastifyRequest,
  deps: { readonly database: Database; readonly keys: KeyRing },
): Promise<string> {
  return (await visibleScope(request, deps)).projectId;
}

/** As `visibleProject`, with the database narrowed to that project, for what is read in it besides. */
export async function visibleScope(
  request: FastifyRequest,
  { database, keys }: { readonly database: Database; readonly keys: KeyRing },
): Promise<{ readonly projectId: string; readonly scope: DatabaseScope }> {
  const caller = await requireCaller(request, { db: database.db, keys });
  const { projectId, scope } = projectOfRequest(request, caller, database);
  const seen = await scope.db.selectFrom("projects").select("id").where("id", "=", projectId).executeTakeFirst();
  if (seen === undefined) throw new CulpritError("NOT_FOUND", "There is no such project that you can see.");
  return { projectId, scope };
}
