import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import type { Queue } from "../../platform/queue/queue.ts";

export interface ExecutionRequest {
  readonly workflow: string;
  readonly projectId: string;
  readonly incidentId: string;
  readonly trigger: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

/** Creates an execution and its job in the caller's transaction: both exist if it commits. @returns the execution's id. */
export async function startExecution(tx: Transaction<DB>, queue: Queue, request: ExecutionRequest): Promise<string> {
  const id = newId();
  const { numAffectedRows } = await sql`
    INSERT INTO workflow_executions (id, project_id, workflow_id, execution_id, incident_id, trigger_type, trigger_data)
    SELECT ${id}::uuid, ${request.projectId}::uuid, w.id, ${toPublicId("exec", id)}, ${request.incidentId}::uuid,
      ${request.trigger.type}, ${JSON.stringify(request.trigger.data)}::jsonb
    FROM (SELECT coalesce((SELECT id FROM workflows WHERE project_id = ${request.projectId}::uuid AND name = ${request.workflow}),
      builtin_workflow_id(${request.workflow})) AS id) w WHERE w.id IS NOT NULL`.execute(tx);
  if (numAffectedRows !== 1n) throw new Error(`there is no workflow named ${request.workflow}`);
  await queue.enqueue(tx, "execution", { executionId: id }, { key: id });
  return id;
}
