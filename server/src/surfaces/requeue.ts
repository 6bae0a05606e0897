import { sql } from "kysely";
import type { Database } from "../platform/db/open-database.ts";
import type { Log } from "../platform/log/log.ts";
import { openQueue } from "../platform/queue/queue.ts";

/**
 * Makes the jobs that a restored database has no more: one for each execution that was not finished and for each project
 * with incidents that nobody has decided about. A job holds only an id, so nothing else is lost with them. Idempotent.
 */
export async function requeue(database: Database, log: Log): Promise<{ executions: number; gates: number }> {
  const queue = await openQueue(database, log);
  try {
    return await database.transaction(async (tx) => {
      const { rows: executions } = await sql<{ id: string }>`
        SELECT id FROM workflow_executions WHERE status IN ('pending', 'running') ORDER BY id`.execute(tx);
      for (const { id } of executions) await queue.enqueue(tx, "execution", { executionId: id }, { key: id });
      const { rows: projects } = await sql<{ id: string }>`
        SELECT DISTINCT project_id AS id FROM incidents WHERE status = 'open' ORDER BY 1`.execute(tx);
      for (const { id } of projects) await queue.enqueue(tx, "gate", { projectId: id }, { key: id });
      return { executions: executions.length, gates: projects.length };
    });
  } finally {
    await queue.close(5_000);
  }
}
