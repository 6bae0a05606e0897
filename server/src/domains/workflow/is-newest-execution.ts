import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";

/**
 * Whether the execution is the last one of its workflow about its incident, but for those that failed or were stopped. Of several that were started in quick
 * succession, wait and then ask, only the last is told so; one always is, because those of the same instant are told apart by their ids.
 */
export async function isNewestExecution(db: Kysely<DB>, executionId: string): Promise<boolean> {
  const { rows } = await sql<{ is_newest: boolean }>`
    SELECT NOT EXISTS (
      SELECT 1 FROM workflow_executions own JOIN workflow_executions later
        ON later.incident_id = own.incident_id AND later.workflow_id = own.workflow_id AND (later.started_at, later.id) > (own.started_at, own.id)
      WHERE own.id = ${executionId} AND later.status IN ('pending', 'running', 'completed')) AS is_newest`.execute(db);
  return rows[0]?.is_newest === true;
}
