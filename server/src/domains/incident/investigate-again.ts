import { sql } from "kysely";
import type { DatabaseScope } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { startExecution } from "../workflow/index.ts";
import { type Actor, moveIncident } from "./status.ts";

/**
 * Starts a new investigation of an incident, whose answer becomes the next revision.
 * @throws CulpritError CONFLICT while one runs, or when the incident is resolved.
 */
export async function investigateAgain(
  database: DatabaseScope,
  queue: Queue,
  request: { readonly incidentId: string; readonly projectId: string; readonly reason: string; readonly actor: Actor },
): Promise<string> {
  const { incidentId, projectId, reason, actor } = request;
  return database.transaction(async (tx) => {
    const isMoved = await moveIncident(tx, { incidentId, to: "triaged", reason, actor });
    if (!isMoved)
      throw new CulpritError(
        "CONFLICT",
        "The incident is being investigated already, or it is resolved. Look again in a moment, or reopen it.",
      );
    return startExecution(tx, queue, {
      workflow: "incident-response",
      projectId,
      incidentId,
      trigger: { type: "manual", data: { reason } },
    });
  });
}

/**
 * New evidence: starts the next revision of every recent incident of an environment that has an answer without a
 * confirmed cause, such as after a late deployment or config change. @returns how many were started.
 */
export async function investigateOnNewEvidence(
  database: DatabaseScope,
  queue: Queue,
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
      const trigger = { type: "new_evidence", data: { reason: change.reason } };
      await startExecution(tx, queue, {
        workflow: "incident-response",
        projectId: change.projectId,
        incidentId: id,
        trigger,
      });
      started += 1;
    }
    return started;
  });
}
