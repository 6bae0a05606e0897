import type { ActorType, CulpritEventType, IncidentStatus } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { eventColumns, eventOfMove, incidentEvents } from "./incident-events.ts";
import { partOf } from "./part-of.ts";

/**
 * The life of an incident.
 *
 *   open ──gate──▶ triaged ──runner──▶ investigating ──▶ diagnosed ──▶ pr_created
 *    │               │                      │                │             │
 *    └──gate──▶ suppressed              failed / agent_failed │             │
 *                                                             ▼             ▼
 *   every state but `resolved` ──person or integration──▶ resolved ──regression──▶ open
 *
 * - open: nobody has decided yet. Only the gate, or a person, takes it further.
 * - suppressed: the gate or a person decided not to act and stored why. A person may approve it later (▶ triaged), and may
 *   suppress whatever is not being worked at: a known failure that is not worth an answer.
 * - triaged: approved, an execution exists. investigating: that execution runs.
 * - failed: the investigation itself failed; it may be started again (▶ triaged).
 * - resolved: closed; so is what was merged into another incident, which says so (mergeIncidents) and is not reopened. What old instances
 *   tell within the grace of ten minutes is late and only counted; any other occurrence reopens it as a regression (reopen-incidents.ts).
 *
 * Every move is one conditional update; whoever comes second changes nothing and is told so. `started_at` and
 * `completed_at` belong to the newest investigation: it begins with `investigating` and ends with the move after it; a
 * move back to work forgets the end, exit code and reason of the one before, which its execution keeps.
 *
 * Moves that somebody decides on — approve, suppress, resolve, reopen — are also events of the feedback log, from which
 * the database derives the resolution columns in the same transaction (derive_from_feedback). The steps of the runner
 * are not: nobody judged anything there, the execution's own log has them, and a log of judgements in which most lines
 * say that the machine went on is not read.
 */
const movesFrom: Readonly<Record<IncidentStatus, readonly IncidentStatus[]>> = {
  open: ["triaged", "suppressed", "resolved"],
  suppressed: ["triaged", "resolved"],
  triaged: ["investigating", "failed", "agent_failed", "resolved"],
  investigating: ["diagnosed", "failed", "agent_failed", "resolved"],
  diagnosed: ["triaged", "pr_created", "suppressed", "resolved"],
  pr_created: ["triaged", "diagnosed", "suppressed", "resolved"],
  failed: ["triaged", "suppressed", "resolved"],
  agent_failed: ["triaged", "suppressed", "resolved"],
  resolved: ["open"],
};

/** The states from which an incident may come to `to`. */
export function sourcesOf(to: IncidentStatus): readonly IncidentStatus[] {
  return (Object.keys(movesFrom) as IncidentStatus[]).filter((from) => movesFrom[from].includes(to));
}

/** Who moved it, or said something about it. */
export interface Actor {
  readonly type: ActorType;
  /** A user's id, or what a program is called; null for Culprit itself. */
  readonly id: string | null;
}

/** Culprit itself. */
export const system: Actor = { type: "system", id: null };

export interface StatusMove {
  readonly incidentId: string;
  readonly to: IncidentStatus;
  /** Why, in words for people. */
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Culprit itself unless told. */
  readonly actor?: Actor;
  /** When it happened, for `started_at` and `completed_at`; now unless told. */
  readonly at?: Date | undefined;
}

/** What a move is called among the decisions, where it is one; the steps of the runner are not. */
const decisionOf: Partial<Record<IncidentStatus, string>> = {
  triaged: "approved",
  suppressed: "suppressed",
  resolved: "resolved",
  open: "reopened",
};

/**
 * Moves an incident, with its decision and its event in the feedback log, if it stands where the machine allows the move.
 * @returns false when it stood elsewhere; nothing was changed then. Needs a transaction when called with others.
 */
export async function moveIncident(db: Kysely<DB>, move: StatusMove): Promise<boolean> {
  const { incidentId, to, reason, details = {}, actor = system, at } = move;
  return (await moveIncidents(db, { to, actor, at, moves: [{ incidentId, reason, details }] })).size === 1;
}

export interface MoveName {
  /** Among the decisions. */
  readonly decision: string;
  /** For triggers. */
  readonly event: CulpritEventType;
}

/** The end of an incident that is a part of another one: nothing was mended, so nobody is told that it is resolved. */
export const mergedMove: MoveName = { decision: "merged", event: "incident.merged" };

export interface StatusMoves {
  readonly to: IncidentStatus;
  readonly actor: Actor;
  readonly at?: Date | undefined;
  readonly moves: readonly {
    readonly incidentId: string;
    readonly reason: string;
    readonly details: Readonly<Record<string, unknown>>;
  }[];
  /** The rules that decided; those of this module unless told. */
  readonly policyVersion?: string | undefined;
  /** What the move is called, where it is not what its state is called. */
  readonly as?: MoveName;
  /** Marks what is moved as a failure that came back. */
  readonly isRegression?: boolean;
}

/**
 * Moves many incidents to one state, by one statement whatever their number, locking them in the order of their ids. Their
 * events for triggers (`incident.approved` …) are part of it.
 * @returns for each that moved the id of its event in the feedback log, made for the moves that are one.
 */
export async function moveIncidents(db: Kysely<DB>, batch: StatusMoves): Promise<ReadonlyMap<string, string>> {
  const { to, actor, at = new Date(), moves, isRegression = false, policyVersion = "status/1", as } = batch;
  const rows = moves.map((move) => ({ ...move, decision_id: newId(), event_id: newId(), workflow_event_id: newId() }));
  const event = as?.event ?? eventOfMove[to];
  const decision = as?.decision ?? decisionOf[to];
  const moved = await sql<{ id: string; event_id: string }>`
    WITH asked AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r("incidentId" uuid, reason text, details jsonb, decision_id uuid, event_id uuid, workflow_event_id uuid)
    ), target AS (
      -- The state as it is under the lock; it can't be told after the update.
      SELECT i.id, i.status, a.reason, a.details, a.decision_id, a.event_id, a.workflow_event_id
      FROM asked a JOIN incidents i ON i.id = a."incidentId"
      WHERE i.status = ANY(${[...sourcesOf(to)]}::text[]) ${to === "open" ? sql`AND (${partOf}) IS NULL` : sql``} ORDER BY i.id FOR NO KEY UPDATE OF i
    ), moved AS (
      UPDATE incidents i SET status = ${to}, is_regression = i.is_regression OR ${isRegression}, ${timesOf(to, at)}
      FROM target t WHERE i.id = t.id
      RETURNING ${eventColumns("i")}, (SELECT service_name FROM services s WHERE s.service_id = i.service_id) AS event_service,
        t.status AS came_from, t.reason AS event_reason, t.details, t.decision_id, t.event_id, t.workflow_event_id
    )${decision === undefined ? sql`` : recordsOf(to, decision, actor, policyVersion)}
    ${event === undefined ? sql`` : sql`, emitted AS (${incidentEvents(event, sql`moved`)})`}
    SELECT id, event_id FROM moved`.execute(db);
  return new Map(moved.rows.map(({ id, event_id }) => [id, event_id]));
}

/** The columns that say when the newest investigation began and how it ended. */
function timesOf(to: IncidentStatus, at: Date) {
  switch (to) {
    case "open":
    case "triaged":
      return sql`completed_at = NULL, exit_code = NULL, failure_reason = NULL`;
    case "investigating":
      return sql`started_at = ${at}::timestamptz, completed_at = NULL, exit_code = NULL, failure_reason = NULL`;
    default:
      return sql`completed_at = coalesce(i.completed_at, ${at}::timestamptz)`;
  }
}

function recordsOf(to: IncidentStatus, decision: string, actor: Actor, policyVersion: string) {
  return sql`, decided AS (
      INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
      SELECT decision_id, project_id, id, ${decision}::text, event_reason, ${policyVersion}::text, details FROM moved
    ), logged AS (
      INSERT INTO feedback_events (feedback_event_id, project_id, incident_id, actor_type, actor_id, event_type, payload)
      SELECT event_id, project_id, id, ${actor.type}::text, ${actor.id}::text, 'incident_status_changed',
        jsonb_build_object('from', came_from, 'to', ${to}::text, 'reason', event_reason)
      FROM moved
    )`;
}
