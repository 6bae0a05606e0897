import type { IncidentStatus } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** The incident that somebody speaks about, locked until the end of the transaction. */
export interface LockedIncident {
  readonly id: string;
  readonly projectId: string;
  readonly status: IncidentStatus;
}

/**
 * Locks an incident against every other change of it.
 * @throws CulpritError NOT_FOUND when there is none.
 */
export async function lockIncident(tx: Transaction<DB>, incidentId: string): Promise<LockedIncident> {
  const { rows } = await sql<{ id: string; project_id: string; status: IncidentStatus }>`
    SELECT id, project_id, status FROM incidents WHERE id = ${incidentId} FOR NO KEY UPDATE`.execute(tx);
  const row = rows[0];
  if (row === undefined)
    throw new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", incidentId)} that you can see.`);
  return { id: row.id, projectId: row.project_id, status: row.status };
}
