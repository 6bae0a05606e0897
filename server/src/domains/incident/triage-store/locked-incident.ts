import type { IncidentStatus, TriageStatus } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { incidentNotFound } from "../find-incident.ts";
import { moveIncident } from "../status.ts";
import { movesTo, toTriageStatus } from "./triage-words.ts";

/** An incident of a Kubernetes fault, locked until the end of the transaction. */
export interface LockedIncident {
  readonly id: string;
  readonly status: IncidentStatus;
  readonly exitCode: number | null;
  readonly failureReason: string | null;
}

/** Which incident: of one project, by its key or its public id. */
export interface IncidentRef {
  readonly projectId: string;
  readonly incidentId: string;
}

/**
 * Locks the incident of a fault.
 * @throws CulpritError NOT_FOUND when the project has no such incident, or it is not a fault's.
 */
export async function lockIncident(tx: Transaction<DB>, ref: IncidentRef): Promise<LockedIncident> {
  const id = fromPublicId("inc", ref.incidentId);
  const { rows } = await sql<LockedIncident>`
    SELECT id, status, exit_code AS "exitCode", failure_reason AS "failureReason" FROM incidents
    WHERE id = ${id} AND project_id = ${ref.projectId} AND source = 'kubernetes' FOR NO KEY UPDATE`.execute(tx);
  if (rows[0] === undefined) throw incidentNotFound(id);
  return rows[0];
}

/**
 * Takes a locked incident to what a word of document 2 says, each move by the machine's rules. @returns false when it was there.
 * @throws CulpritError CONFLICT when there is no way.
 */
export async function moveToWord(
  tx: Transaction<DB>,
  { id, status }: LockedIncident,
  word: TriageStatus,
  { reason, at }: { readonly reason: string; readonly at?: Date | undefined },
): Promise<boolean> {
  const moves = movesTo(status, word);
  if (moves === null) {
    const now = toTriageStatus(status);
    const hint = word === "pending" ? " A next try begins with investigating." : "";
    throw new CulpritError("CONFLICT", `An incident that is ${now} (${status}) can't become ${word}.${hint}`);
  }
  for (const to of moves) {
    if (!(await moveIncident(tx, { incidentId: id, to, reason, at })))
      throw new Error(`the locked incident ${id} did not move to ${to}`);
  }
  return moves.length > 0;
}
