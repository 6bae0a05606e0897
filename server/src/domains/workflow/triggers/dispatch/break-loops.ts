import { sql, type Transaction } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import type { ExecutionRequest } from "../../start-execution.ts";
import type { LedgerRow } from "../write-ledger.ts";

/** Runs of one workflow about one incident in ten minutes; more of them are a workflow that sets itself going. */
export const LOOP_RUNS_MAX = 20;

type AskedRow = LedgerRow & { readonly request?: ExecutionRequest };

/** The rows, with those that would carry a loop on turned into ones that did not run. One query, whatever their number. */
export async function breakLoops(tx: Transaction<DB>, rows: readonly AskedRow[]): Promise<readonly AskedRow[]> {
  const incidentIds = [...new Set(rows.flatMap(({ request }) => request?.incidentId ?? []))];
  if (incidentIds.length === 0) return rows;
  const { rows: recent } = await sql<{ workflow_id: string; incident_id: string; count: number }>`
    SELECT workflow_id, incident_id, count(*)::int AS count FROM workflow_executions
    WHERE incident_id = ANY(${incidentIds}::uuid[]) AND started_at > now() - interval '10 minutes' AND trigger_type = 'event'
    GROUP BY 1, 2`.execute(tx);
  const runs = new Map(recent.map((row) => [`${row.workflow_id} ${row.incident_id}`, row.count]));
  return rows.map((row) => {
    const { request, ...plain } = row;
    if (request?.incidentId == null) return row;
    const key = `${row.workflowId} ${request.incidentId}`;
    const count = (runs.get(key) ?? 0) + 1;
    runs.set(key, count);
    if (count <= LOOP_RUNS_MAX) return row;
    const reason = `It ran ${LOOP_RUNS_MAX} times for this incident within ten minutes, which looks like a workflow that sets itself going. Narrow its trigger, or run it by hand.`;
    return { ...plain, outcome: "did_not_run" as const, reason };
  });
}
