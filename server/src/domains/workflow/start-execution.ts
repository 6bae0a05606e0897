import { type RawBuilder, sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import type { Queue } from "../../platform/queue/queue.ts";

export interface ExecutionRequest {
  /** Its id where the caller has fixed it, so that starting it twice starts one; else a new one. */
  readonly id?: string;
  readonly projectId: string;
  /** A name, of which the project's own goes before the built-in; or an id. */
  readonly workflow: string | { readonly id: string };
  readonly incidentId?: string | null;
  /** Checked against the workflow's inputs by the caller. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** What started it, and what templates read as `event` in `data.event`. */
  readonly trigger: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
  readonly eventId?: string | null;
  /** The execution that it is a retry or replay of. */
  readonly parentExecutionId?: string | null;
  readonly caller?: { readonly executionId: string; readonly step: string };
}

/**
 * Creates an execution and its job in the caller's transaction: both exist if it commits. @returns the execution's id.
 * @throws CulpritError NOT_FOUND without such a workflow, CONFLICT where it is not active.
 */
export async function startExecution(tx: Transaction<DB>, queue: Queue, request: ExecutionRequest): Promise<string> {
  const [id] = await startExecutions(tx, queue, [request]);
  if (id !== undefined) return id;
  if (request.id !== undefined && (await exists(tx, request.id))) return request.id;
  const words = typeof request.workflow === "string" ? request.workflow : toPublicId("wf", request.workflow.id);
  const { rows } = await sql<{ status: string | null }>`
    SELECT (SELECT status FROM workflows WHERE id = ${workflowId(request)}) AS status`.execute(tx);
  const status = rows[0]?.status ?? null;
  if (status === null) throw new CulpritError("NOT_FOUND", `There is no workflow ${words} in this project.`);
  throw new CulpritError("CONFLICT", `The workflow ${words} is ${status}. Activate it first.`);
}

/**
 * Creates many executions by two statements. Those whose workflow is missing or not active are left out.
 * @returns the ids of those that were created, in the order of the requests.
 */
export async function startExecutions(
  tx: Transaction<DB>,
  queue: Queue,
  requests: readonly ExecutionRequest[],
): Promise<readonly string[]> {
  if (requests.length === 0) return [];
  const asked = requests.map((request) => {
    const id = request.id ?? newId();
    return {
      id,
      execution_id: toPublicId("exec", id),
      project_id: request.projectId,
      name: typeof request.workflow === "string" ? request.workflow : null,
      workflow_id: typeof request.workflow === "string" ? null : request.workflow.id,
      incident_id: request.incidentId ?? null,
      inputs: request.inputs ?? {},
      trigger_type: request.trigger.type,
      trigger_data: request.trigger.data,
      event_id: request.eventId ?? null,
      parent_execution_id: request.parentExecutionId ?? null,
      caller_execution_id: request.caller?.executionId ?? null,
      caller_step: request.caller?.step ?? null,
    };
  });
  const { rows } = await sql<{ id: string }>`
    WITH asked AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS r(id uuid, execution_id text, project_id uuid, name text,
        workflow_id uuid, incident_id uuid, inputs jsonb, trigger_type text, trigger_data jsonb, event_id uuid,
        parent_execution_id uuid, caller_execution_id uuid, caller_step text)
    )
    INSERT INTO workflow_executions (id, project_id, workflow_id, workflow_version, execution_id, incident_id, inputs, trigger_type,
      trigger_data, event_id, parent_execution_id, caller_execution_id, caller_step)
    SELECT a.id, a.project_id, w.id, w.version, a.execution_id, a.incident_id, a.inputs, a.trigger_type,
      a.trigger_data, a.event_id, a.parent_execution_id, a.caller_execution_id, a.caller_step
    FROM asked a JOIN workflows w ON w.id = coalesce(a.workflow_id,
      (SELECT own.id FROM workflows own WHERE own.project_id = a.project_id AND own.name = a.name AND own.status <> 'archived'),
      builtin_workflow_id(a.name))
    WHERE w.status = 'active' AND (w.project_id IS NULL OR w.project_id = a.project_id)
    ON CONFLICT (id) DO NOTHING RETURNING id`.execute(tx);
  const made = new Set(rows.map(({ id }) => id));
  const ids = asked.map(({ id }) => id).filter((id) => made.has(id));
  await queue.enqueueMany(
    tx,
    "execution",
    ids.map((executionId) => ({ data: { executionId }, key: newId() })),
  );
  return ids;
}

function workflowId({ workflow, projectId }: ExecutionRequest): RawBuilder<string> {
  return typeof workflow === "string"
    ? sql<string>`coalesce((SELECT id FROM workflows WHERE project_id = ${projectId} AND name = ${workflow} AND status <> 'archived'), builtin_workflow_id(${workflow}))`
    : sql<string>`${workflow.id}`;
}

async function exists(tx: Transaction<DB>, id: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM workflow_executions WHERE id = ${id}`.execute(tx);
  return rows.length > 0;
}
