import type { TriageIncident } from "@culprit/contract";
import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { incidentNotFound } from "../find-incident.ts";
import type { IncidentRef } from "./locked-incident.ts";
import { type TriageRow, toTriageIncident, triageColumns } from "./triage-row.ts";

/**
 * The incident of a fault.
 * @throws CulpritError NOT_FOUND when the project has no such incident, or it is not a fault's.
 */
export async function getIncident({ db }: DatabaseScope, ref: IncidentRef): Promise<TriageIncident> {
  const id = fromPublicId("inc", ref.incidentId);
  const { rows } = await sql<TriageRow>`
    SELECT ${triageColumns} FROM incidents i WHERE i.id = ${id} AND i.project_id = ${ref.projectId} AND i.source = 'kubernetes'`.execute(
    db,
  );
  if (rows[0] === undefined) throw incidentNotFound(id);
  return toTriageIncident(rows[0]);
}
