import { type TriageStatus, triageStatusSchema } from "@culprit/contract";
import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { type IncidentRef, lockIncident, moveToWord } from "./locked-incident.ts";

export interface StatusUpdate extends IncidentRef {
  readonly status: TriageStatus;
  /** When the agent began. Only for `investigating`; now unless told. */
  readonly startedAt?: Date | undefined;
}

const reasonOf: Readonly<Record<TriageStatus, string>> = {
  pending: "It waits for its triage.",
  investigating: "A triage run took it up.",
  resolved: "Its triage is settled.",
  failed: "Its triage could not be run.",
  agent_failed: "The agent of its triage failed.",
};

/**
 * Takes an incident to a status in document 2's words, conditionally, and stores when the agent began. The same call again
 * changes nothing. @returns whether something changed.
 * @throws CulpritError NOT_FOUND, or CONFLICT when the machine knows no way there; ZodError for a word that is none.
 */
export async function updateIncidentStatus(scope: DatabaseScope, update: StatusUpdate): Promise<boolean> {
  const status = triageStatusSchema.parse(update.status);
  return scope.transaction(async (tx) => {
    const incident = await lockIncident(tx, update);
    const isMoved = await moveToWord(tx, incident, status, { reason: reasonOf[status], at: update.startedAt });
    if (isMoved || status !== "investigating" || update.startedAt === undefined) return isMoved;
    const { numAffectedRows } = await sql`
      UPDATE incidents SET started_at = ${update.startedAt}::timestamptz
      WHERE id = ${incident.id} AND started_at IS DISTINCT FROM ${update.startedAt}::timestamptz`.execute(tx);
    return numAffectedRows === 1n;
  });
}
