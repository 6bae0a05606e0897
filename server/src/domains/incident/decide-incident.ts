import type { Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { findIncident } from "./find-incident.ts";
import { newestDecision } from "./newest-decision.ts";
import { type Actor, moveIncident, sourcesOf } from "./status.ts";

export interface HandDecision {
  readonly incidentId: string;
  /** Where the incident must be; null for whoever sees every project. */
  readonly projectId: string | null;
  readonly decision: "approved" | "suppressed";
  readonly reason: string;
  readonly actor: Actor;
}

/** Where a person may overrule the gate: approve what it held back, suppress what is not being worked at. */
const decidable = { approved: ["open", "suppressed"], suppressed: sourcesOf("suppressed") } as const;
const moveTo = { approved: "triaged", suppressed: "suppressed" } as const;

/**
 * The gate's decision made by a person, as a stored decision and an event (`incident.approved`, `incident.suppressed`). What a person
 * suppressed the gate does not judge again. @returns the state it is in now, and the decision.
 * @throws CulpritError NOT_FOUND, or CONFLICT where it stands otherwise.
 */
export async function decideIncident(tx: Transaction<DB>, { decision, ...asked }: HandDecision) {
  const { incidentId, reason, actor } = asked;
  const { projectId, status } = await findIncident(tx, incidentId, asked.projectId);
  const allowed: readonly string[] = decidable[decision];
  if (!allowed.includes(status))
    throw new CulpritError(
      "CONFLICT",
      `The incident is ${status}: only what is ${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)} can be ${decision}.`,
    );
  const to = moveTo[decision];
  if (!(await moveIncident(tx, { incidentId, to, reason, actor })))
    throw new CulpritError("CONFLICT", "Somebody else decided about the incident in the same moment.");
  return { status: to, ...(await newestDecision(tx, { incidentId, projectId })) };
}
