import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** The unfinished executions that the given ones called as sub-workflows, and theirs, under lock. */
export async function calledBy(tx: Transaction<DB>, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE called AS (
      SELECT id FROM workflow_executions WHERE caller_execution_id = ANY(${[...ids]}::uuid[])
      UNION SELECT e.id FROM workflow_executions e JOIN called c ON e.caller_execution_id = c.id
    )
    SELECT e.id FROM workflow_executions e WHERE e.id IN (SELECT id FROM called) AND e.status IN ('pending', 'running')
    ORDER BY e.id FOR NO KEY UPDATE`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Cancels what the given executions called and nobody waits for any more. */
export async function endCalled(tx: Transaction<DB>, ids: readonly string[], reason: string): Promise<void> {
  await endExecutions(tx, await calledBy(tx, ids), reason);
}

export async function endExecutions(tx: Transaction<DB>, ids: readonly string[], reason: string): Promise<void> {
  if (ids.length === 0) return;
  await sql`UPDATE workflow_executions SET status = 'cancelled', completed_at = greatest(now(), started_at), lease_token = NULL,
    lease_until = NULL, wake_at = NULL, error_message = ${reason} WHERE id = ANY(${[...ids]}::uuid[])`.execute(tx);
  await sql`UPDATE execution_steps SET status = 'cancelled', finished_at = now(), reason = ${reason}
    WHERE execution_id = ANY(${[...ids]}::uuid[]) AND status IN ('running', 'waiting', 'retrying')`.execute(tx);
}
