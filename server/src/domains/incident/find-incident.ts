import type { IncidentStatus } from "@culprit/contract";
import type { Kysely } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../platform/ids/ids.ts";

/** Whose an incident is and where it stands. */
export interface FoundIncident {
  readonly id: string;
  readonly projectId: string;
  readonly status: IncidentStatus;
}

/**
 * An incident of the given project (null: any that the scope sees), without what is known of it.
 * @throws CulpritError NOT_FOUND when there is none, or when it is another project's.
 */
export async function findIncident(db: Kysely<DB>, id: string, projectId: string | null): Promise<FoundIncident> {
  const row = await db
    .selectFrom("incidents")
    .select(["id", "project_id as projectId", "status"])
    .where("id", "=", id)
    .$if(projectId !== null, (query) => query.where("project_id", "=", projectId ?? ""))
    .executeTakeFirst();
  if (row === undefined) throw incidentNotFound(id);
  return { ...row, status: row.status as IncidentStatus };
}

/** That there is no such incident for this caller; whether it is another's is nobody's business. */
export function incidentNotFound(id: string): CulpritError {
  return new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", id)} that you can see.`);
}
