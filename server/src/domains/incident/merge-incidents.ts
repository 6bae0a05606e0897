import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { moveIncident } from "./status.ts";

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

/**
 * Makes two incidents one: what comes by the fingerprints, traces and firings of `from` belongs to `into` from now on, and `from` is resolved with a
 * reference to it. Its occurrences, answers and history stay where they are, to be read; nothing is counted twice, because a failure's trace counts once.
 * Changes nothing where either was resolved, suppressed or merged meanwhile. Needs a transaction; locks both in the order of their ids.
 * @returns whether they were merged.
 */
export async function mergeIncidents(tx: Transaction<DB>, merge: Merge): Promise<boolean> {
  const { projectId, from, into, reason, details } = merge;
  const { rows } = await sql<{ id: string; title: string }>`
    SELECT id, title FROM incidents WHERE id IN (${from}, ${into}) AND project_id = ${projectId} AND status NOT IN ('resolved', 'suppressed')
    ORDER BY id FOR NO KEY UPDATE`.execute(tx);
  const absorbed = rows.find(({ id }) => id === from);
  if (rows.length !== 2 || absorbed === undefined) return false;
  const [fromName, intoName] = [toPublicId("inc", from), toPublicId("inc", into)];
  const moved = await moveIncident(tx, {
    incidentId: from,
    to: "resolved",
    reason: `It is the same failure as ${intoName}. ${reason}`,
    details: { ...details, merged_into: intoName },
  });
  if (!moved) return false;
  await sql`UPDATE incident_fingerprints SET incident_id = ${into} WHERE incident_id = ${from}`.execute(tx);
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
  await sql`
    INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
    VALUES (${newId()}, ${projectId}, ${into}, 'merged', ${`${absorbed.title}: ${reason}`}, 'neighbours/1',
      ${JSON.stringify({ ...details, incident_id: fromName })}::jsonb)`.execute(tx);
  return true;
}
