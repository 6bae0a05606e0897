import { sql } from "kysely";
import type { DatabaseScope } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
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
    const isMoved = await moveIncident(tx, { incidentId, to: "triaged", reason, actor });
    if (!isMoved)
      throw new CulpritError(
        "CONFLICT",
        "The incident is being investigated already, or it is resolved. Look again in a moment, or reopen it.",
      );
  });
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
