import { sql, type Transaction } from "kysely";
import type { DatabaseScope } from "../../platform/db/open-database.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { emitAboutIncident } from "./emit-about-incident.ts";
import { type Actor, moveIncident } from "./status.ts";

/**
 * Approves an incident anew; the investigation that its event starts answers with the next revision.
 * @throws CulpritError CONFLICT while one runs, or when the incident is resolved.
 */
export async function investigateAgain(
  database: DatabaseScope,
  request: { readonly incidentId: string; readonly reason: string; readonly actor: Actor },
): Promise<void> {
  const { incidentId, reason, actor } = request;
  await database.transaction(async (tx) => {
    if (await moveIncident(tx, { incidentId, to: "triaged", reason, actor })) return;
    // Approved, and nothing came of it: the workflow was switched off then. It is told of the approval again.
    if (await isForgotten(tx, incidentId)) {
      await emitAboutIncident(tx, { type: "incident.approved", incidentId, payload: { reason } });
      return;
    }
    throw new CulpritError(
      "CONFLICT",
      "The incident is being investigated already, or it is resolved. Look again in a moment, or reopen it.",
    );
  });
}

/** Whether an incident is approved without an execution that would take it further. */
async function isForgotten(tx: Transaction<DB>, incidentId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM incidents i WHERE i.id = ${incidentId} AND i.status IN ('triaged', 'investigating') AND NOT EXISTS (
      SELECT 1 FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
      WHERE e.incident_id = i.id AND w.name = 'incident-response' AND e.status IN ('pending', 'running'))
      AND NOT EXISTS (SELECT 1 FROM workflow_events v WHERE v.incident_id = i.id AND v.matched_at IS NULL)
    FOR NO KEY UPDATE`.execute(tx);
  return rows.length > 0;
}

/**
 * New evidence: starts the next revision of every recent incident of an environment that has an answer without a
 * confirmed cause, such as after a late deployment or config change. @returns how many were started.
 */
export async function investigateOnNewEvidence(
  database: DatabaseScope,
  change: { readonly projectId: string; readonly environment: string; readonly at: Date; readonly reason: string },
): Promise<number> {
  return database.transaction(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      SELECT i.id FROM incidents i
      WHERE i.project_id = ${change.projectId} AND i.environment = ${change.environment} AND i.status = 'diagnosed'
        AND i.created_at > now() - interval '1 hour' AND i.created_at >= ${change.at}::timestamptz
      ORDER BY i.created_at DESC LIMIT 20`.execute(tx);
    let started = 0;
    for (const { id } of rows) {
      if (!(await moveIncident(tx, { incidentId: id, to: "triaged", reason: change.reason }))) continue;
      started += 1;
    }
    return started;
  });
}
