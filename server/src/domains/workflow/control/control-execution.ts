import { sql, type Transaction } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { signal } from "../run/checkpoints.ts";
import { calledBy, endCalled, endExecutions } from "../run/end-called.ts";
import { startExecution } from "../start-execution.ts";

/** The runner listens here, so that a word of a person is heard at once and not at the next renewal of a lease. */
export const CONTROL_CHANNEL = "execution_control";

export interface ControlRequest {
  readonly executionId: string;
  /** Who says so, for the log. */
  readonly by: string;
}

interface Standing {
  readonly id: string;
  readonly project_id: string;
  readonly workflow_id: string;
  readonly incident_id: string | null;
  readonly status: string;
  readonly is_paused: boolean;
  /** Its `on_failure` steps are under way. */
  readonly is_failing: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly trigger_type: string | null;
  readonly trigger_data: Readonly<Record<string, unknown>> | null;
  readonly event_id: string | null;
}

/**
 * Ends an execution now, with the sub-workflows that it called. What is under way outside can't be called back; nothing
 * more goes out. @throws CONFLICT when it has ended.
 */
export async function cancelExecution(
  database: DatabaseScope,
  queue: Queue,
  { executionId, by }: ControlRequest,
): Promise<void> {
  await database.transaction(async (tx) => {
    const execution = await unfinished(tx, executionId);
    const reason = `Cancelled by ${by}.`;
    await endCalled(tx, [executionId], reason);
    await endExecutions(tx, [executionId], reason);
    await say(tx, execution, reason);
    const { rows } = await sql<{ id: string }>`SELECT caller_execution_id AS id FROM workflow_executions
      WHERE id = ${executionId} AND caller_execution_id IS NOT NULL`.execute(tx);
    await signal(
      tx,
      queue,
      rows.map(({ id }) => id),
    );
    await tell(tx);
  });
}

/** Lets it go to sleep before its next step, and the sub-workflows that it waits for. @throws CONFLICT when it has ended, or is paused. */
export async function pauseExecution(database: DatabaseScope, { executionId, by }: ControlRequest): Promise<void> {
  await database.transaction(async (tx) => {
    const execution = await unfinished(tx, executionId);
    if (execution.is_paused) throw new CulpritError("CONFLICT", "The execution is paused already.");
    const ids = [executionId, ...(await calledBy(tx, [executionId]))];
    await sql`UPDATE workflow_executions SET is_paused = true WHERE id = ANY(${ids}::uuid[])`.execute(tx);
    await say(tx, execution, `Paused by ${by}.`);
    await tell(tx);
  });
}

/** Lets a paused one go on, and its sub-workflows. @throws CONFLICT when it is not paused. */
export async function resumeExecution(
  database: DatabaseScope,
  queue: Queue,
  { executionId, by }: ControlRequest,
): Promise<void> {
  await database.transaction(async (tx) => {
    const execution = await unfinished(tx, executionId);
    if (!execution.is_paused) throw new CulpritError("CONFLICT", "The execution is not paused.");
    const ids = [executionId, ...(await calledBy(tx, [executionId]))];
    await sql`UPDATE workflow_executions SET is_paused = false WHERE id = ANY(${ids}::uuid[])`.execute(tx);
    await say(tx, execution, `Resumed by ${by}.`);
    await signal(tx, queue, ids);
    await tell(tx);
  });
}

/**
 * Runs it anew from its beginning, with what started it and the newest version of its workflow, as a child of this one.
 * @returns the new execution's id. @throws CONFLICT while it runs.
 */
export async function retryExecution(
  database: DatabaseScope,
  queue: Queue,
  { executionId, by }: ControlRequest,
): Promise<string> {
  return database.transaction(async (tx) => {
    const execution = await standing(tx, executionId);
    if (execution.status === "pending" || execution.status === "running")
      throw new CulpritError("CONFLICT", "The execution has not ended. Cancel it first, or wait.");
    await say(tx, execution, `Run again by ${by}.`);
    return startExecution(tx, queue, {
      projectId: execution.project_id,
      workflow: { id: execution.workflow_id },
      incidentId: execution.incident_id,
      inputs: execution.inputs,
      trigger: { type: execution.trigger_type ?? "manual", data: execution.trigger_data ?? {} },
      eventId: execution.event_id,
      parentExecutionId: executionId,
    });
  });
}

/** An execution under lock. @throws CulpritError NOT_FOUND, also where the caller may not see it. */
export async function standing(tx: Transaction<DB>, executionId: string): Promise<Standing> {
  const { rows } = await sql<Standing>`
    SELECT id, project_id, workflow_id, incident_id, status, is_paused, result ? 'failing' AS is_failing, inputs, trigger_type, trigger_data, event_id
    FROM workflow_executions WHERE id = ${executionId} FOR NO KEY UPDATE`.execute(tx);
  const row = rows[0];
  if (row === undefined) throw new CulpritError("NOT_FOUND", "There is no such execution that you can see.");
  return row;
}

async function unfinished(tx: Transaction<DB>, executionId: string): Promise<Standing> {
  const execution = await standing(tx, executionId);
  if (execution.status !== "pending" && execution.status !== "running")
    throw new CulpritError("CONFLICT", `The execution has ended: it is ${execution.status}.`);
  return execution;
}

/** A line in the execution's log about what a person did. */
export async function say(
  tx: Transaction<DB>,
  execution: Pick<Standing, "id" | "project_id">,
  message: string,
): Promise<void> {
  await sql`INSERT INTO execution_logs (id, project_id, execution_id, level, message, metadata)
    VALUES (${newId()}, ${execution.project_id}, ${execution.id}, 'INFO', ${message}, '{}')`.execute(tx);
}

async function tell(tx: Transaction<DB>): Promise<void> {
  await sql`SELECT pg_notify(${CONTROL_CHANNEL}, '')`.execute(tx);
}
