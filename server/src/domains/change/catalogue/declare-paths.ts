import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

/**
 * Says which paths of the repository are a service's own; those that were said before are forgotten.
 * @throws CulpritError NOT_FOUND when there is no such service.
 */
export async function declarePaths(
  database: DatabaseScope,
  { serviceId, paths }: { readonly serviceId: string; readonly paths: readonly string[] },
): Promise<readonly string[]> {
  const kept = [...new Set(paths.map((path) => path.trim()))].sort();
  return database.transaction(async (tx) => {
    const { rows } = await sql<{ project_id: string }>`
      SELECT project_id FROM services WHERE service_id = ${serviceId} FOR NO KEY UPDATE`.execute(tx);
    const projectId = rows[0]?.project_id;
    if (projectId === undefined)
      throw new CulpritError("NOT_FOUND", `There is no service ${toPublicId("svc", serviceId)} that you can see.`);
    await sql`DELETE FROM service_paths WHERE service_id = ${serviceId} AND source = 'declared'`.execute(tx);
    await sql`
      INSERT INTO service_paths (service_id, project_id, pattern) SELECT ${serviceId}, ${projectId}, p FROM unnest(${kept}::text[]) AS p
      ON CONFLICT (service_id, pattern) DO UPDATE SET source = 'declared'`.execute(tx);
    return kept;
  });
}
