import type { IncidentStatus } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";

/**
 * The life of an incident.
 *
 *   open ──gate──▶ triaged ──runner──▶ investigating ──▶ diagnosed ──▶ pr_created
 *    │               │                      │                │             │
 *    └──gate──▶ suppressed              failed / agent_failed │             │
 *                                                             ▼             ▼
 *   every state but `resolved` ──person or integration──▶ resolved ──regression──▶ open
 *
 * - open: nobody has decided yet. Only the gate takes it further.
 * - suppressed: the gate decided not to act and stored why. A person may approve it later (▶ triaged).
 * - triaged: approved, an execution exists. investigating: that execution runs.
 * - failed: the investigation itself failed; it may be started again (▶ triaged).
 * - resolved: closed. An occurrence of a revision that already ran then is late and only counted; one of a later or
 *   unknown revision after the quiet period reopens it as a regression.
 *
 * Every move is one conditional update; whoever comes second changes nothing and is told so.
 */
const movesFrom: Readonly<Record<IncidentStatus, readonly IncidentStatus[]>> = {
  open: ["triaged", "suppressed", "resolved"],
  suppressed: ["triaged", "resolved"],
  triaged: ["investigating", "failed", "agent_failed", "resolved"],
  investigating: ["diagnosed", "failed", "agent_failed", "resolved"],
  diagnosed: ["triaged", "pr_created", "resolved"],
  pr_created: ["triaged", "diagnosed", "resolved"],
  failed: ["triaged", "resolved"],
  agent_failed: ["triaged", "resolved"],
  resolved: ["open"],
};

/** The states from which an incident may come to `to`. */
export function sourcesOf(to: IncidentStatus): readonly IncidentStatus[] {
  return (Object.keys(movesFrom) as IncidentStatus[]).filter((from) => movesFrom[from].includes(to));
}

export interface StatusMove {
  readonly incidentId: string;
  readonly to: IncidentStatus;
  /** Why, in words for people. */
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a move is called among the decisions, where it is one; the steps of the runner are not. */
const decisionOf: Partial<Record<IncidentStatus, string>> = {
  triaged: "approved",
  suppressed: "suppressed",
  resolved: "resolved",
  open: "reopened",
};

/**
 * Moves an incident, with its decision row, if it stands where the machine allows the move.
 * @returns false when it stood elsewhere; nothing was changed then. Needs a transaction when called with others.
 */
export async function moveIncident(db: Kysely<DB>, move: StatusMove): Promise<boolean> {
  const decision = decisionOf[move.to] ?? null;
  const moved = await sql<{ id: string }>`
    WITH moved AS (
      UPDATE incidents SET
        status = ${move.to},
        resolved_at = CASE WHEN ${move.to} = 'resolved' THEN now() WHEN ${move.to} = 'open' THEN NULL ELSE resolved_at END,
        resolution_kind = CASE WHEN ${move.to} = 'resolved' THEN 'unknown' WHEN ${move.to} = 'open' THEN NULL ELSE resolution_kind END,
        resolution_summary = CASE WHEN ${move.to} = 'resolved' THEN ${move.reason} WHEN ${move.to} = 'open' THEN NULL ELSE resolution_summary END
      WHERE id = ${move.incidentId} AND status = ANY(${[...sourcesOf(move.to)]}::text[])
      RETURNING id, project_id
    ), decided AS (
      INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
      SELECT ${newId()}::uuid, project_id, id, ${decision}::text, ${move.reason}, 'status/1', ${JSON.stringify(move.details ?? {})}::jsonb
      FROM moved WHERE ${decision}::text IS NOT NULL
    )
    SELECT id FROM moved`.execute(db);
  return moved.rows.length === 1;
}
