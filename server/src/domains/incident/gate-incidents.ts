import { sql } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { moveIncident } from "./status.ts";

const POLICY_VERSION = "gate/1";

export interface GateResult {
  readonly approved: number;
  readonly suppressed: number;
  /** True when incidents still wait for the next minute's budget; the gate has asked to be called again. */
  readonly isOverBudget: boolean;
}

/**
 * Decides about a project's open incidents, oldest first: what is only informational is suppressed, the rest is
 * approved within the budget of investigations a minute, each with its reason stored. The event of the approval starts
 * the workflow `incident-response`. What is over the budget stays open until its turn. Key-share locks, which
 * every batch of occurrences holds on its incidents, do not keep a row out.
 */
export async function gateIncidents(
  database: Database,
  queue: Queue,
  { projectId, investigationsPerMinute }: { readonly projectId: string; readonly investigationsPerMinute: number },
): Promise<GateResult> {
  return database.transaction(async (tx) => {
    const { rows: used } = await sql<{ count: string }>`
      SELECT count(*) FROM incident_decisions
      WHERE project_id = ${projectId} AND decision = 'approved' AND decided_at > now() - interval '1 minute'`.execute(
      tx,
    );
    const budget = Math.max(0, investigationsPerMinute - Number(used[0]?.count ?? 0));
    const { rows: waiting } = await sql<{ id: string; severity: string; title: string }>`
      SELECT id, severity, title FROM incidents WHERE project_id = ${projectId} AND status = 'open'
      ORDER BY created_at LIMIT ${budget + 1} FOR NO KEY UPDATE SKIP LOCKED`.execute(tx);
    let [approved, suppressed] = [0, 0];
    for (const { id, severity } of waiting) {
      if (severity === "low") {
        const reason =
          "Its severity is low (sent as information), so nothing is done by itself. It can be investigated from its page.";
        await moveIncident(tx, {
          incidentId: id,
          to: "suppressed",
          reason,
          details: { policyVersion: POLICY_VERSION, severity },
        });
        suppressed += 1;
      } else if (approved < budget) {
        const reason = `A new failure of severity ${severity}, investigation ${investigationsPerMinute - budget + approved + 1} of ${investigationsPerMinute} allowed in this minute.`;
        await moveIncident(tx, {
          incidentId: id,
          to: "triaged",
          reason,
          details: { policyVersion: POLICY_VERSION, severity },
        });
        approved += 1;
      }
    }
    const isOverBudget = approved + suppressed < waiting.length;
    // Another transaction may have held a row, which was skipped then: while anything is open, look again.
    const { rows: left } =
      await sql`SELECT 1 FROM incidents WHERE project_id = ${projectId} AND status = 'open' LIMIT 1`.execute(tx);
    if (left.length > 0)
      await queue.enqueue(tx, "gate", { projectId }, { key: projectId, delayS: isOverBudget ? 10 : 1 });
    return { approved, suppressed, isOverBudget };
  });
}
