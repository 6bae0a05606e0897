import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { mergedMove, moveIncidents, system } from "./status.ts";

export interface Merge {
  readonly projectId: string;
  /** What only is another view of the failure. */
  readonly from: string;
  /** The incident of the failure itself. */
  readonly into: string;
  /** Why they are one, in a sentence. */
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The rules by which the sentinel says that two are one. */
const POLICY = "neighbours/3";

/**
 * Makes two incidents one: what comes by the fingerprints, traces and firings of `from` belongs to `into` from now on, which is as severe as the worse
 * of them, and counts what only `from` was told of. `from` is resolved as a part of it, by an event of its own (`incident.merged`), because nothing is
 * mended; its occurrences, answers, feedback and history stay where they are, to be read.
 * Changes nothing where either was resolved, suppressed or merged meanwhile. Needs a transaction; locks both in the order of their ids.
 * @returns whether they were merged.
 */
export async function mergeIncidents(tx: Transaction<DB>, merge: Merge): Promise<boolean> {
  const { projectId, from, into, reason, details } = merge;
  const { rows } = await sql<{ id: string; title: string }>`
    SELECT id, title FROM incidents WHERE id IN (${from}, ${into}) AND project_id = ${projectId} AND status NOT IN ('resolved', 'suppressed')
    ORDER BY id FOR NO KEY UPDATE`.execute(tx);
  const [absorbed, kept] = [rows.find(({ id }) => id === from), rows.find(({ id }) => id === into)];
  if (absorbed === undefined || kept === undefined) return false;
  const [fromName, intoName] = [toPublicId("inc", from), toPublicId("inc", into)];
  const moved = await moveIncidents(tx, {
    ...{ to: "resolved", actor: system, policyVersion: POLICY, as: mergedMove },
    moves: [
      {
        incidentId: from,
        reason: `It is the same failure as ${intoName}, ${kept.title.slice(0, 200)}. ${reason}`,
        details: { ...details, merged_into: intoName },
      },
    ],
  });
  if (moved.size === 0) return false;
  await takeOver(tx, merge);
  await sql`
    INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
    VALUES (${newId()}, ${projectId}, ${into}, 'merged', ${`${absorbed.title}: ${reason}`}, ${POLICY},
      ${JSON.stringify({ ...details, incident_id: fromName })}::jsonb)`.execute(tx);
  return true;
}

async function takeOver(tx: Transaction<DB>, { from, into }: Merge): Promise<void> {
  await sql`
    UPDATE incidents i SET assigned_to = coalesce(i.assigned_to, f.assigned_to),
      severity = CASE WHEN ${rank("f.severity")} < ${rank("i.severity")} THEN f.severity ELSE i.severity END
    FROM incidents f WHERE i.id = ${into} AND f.id = ${from}`.execute(tx);
  await sql`UPDATE incident_fingerprints SET incident_id = ${into} WHERE incident_id = ${from}`.execute(tx);
  // Of a trace that told of both only what it told of the one more often than of the other was not counted yet.
  await sql`
    WITH told AS (
      SELECT f.trace_id, max(f.event_count) AS own,
        coalesce((SELECT max(o.event_count) FROM incident_traces o WHERE o.project_id = f.project_id AND o.trace_id = f.trace_id AND o.incident_id = ${into}), 0) AS known
      FROM incident_traces f WHERE f.incident_id = ${from} GROUP BY f.project_id, f.trace_id
    )
    UPDATE incident_counters c SET occurrence_count = c.occurrence_count + (SELECT coalesce(sum(greatest(own - known, 0)), 0) FROM told),
      first_seen_at = least(c.first_seen_at, f.first_seen_at), last_seen_at = greatest(c.last_seen_at, f.last_seen_at)
    FROM incident_counters f WHERE c.incident_id = ${into} AND f.incident_id = ${from}`.execute(tx);
  // A trace that told of both is known for the failure already.
  await sql`
    DELETE FROM incident_traces t WHERE t.incident_id = ${from} AND EXISTS (
      SELECT 1 FROM incident_traces o WHERE o.project_id = t.project_id AND o.trace_id = t.trace_id AND o.incident_id = ${into} AND o.door = t.door)`.execute(
    tx,
  );
  await sql`UPDATE incident_traces SET incident_id = ${into} WHERE incident_id = ${from}`.execute(tx);
  await sql`UPDATE incident_triggers SET incident_id = ${into}, is_opener = false WHERE incident_id = ${from} AND status = 'firing'`.execute(
    tx,
  );
}

function rank(column: string) {
  return sql`array_position(ARRAY['critical', 'high', 'medium', 'low'], ${sql.ref(column)})`;
}
