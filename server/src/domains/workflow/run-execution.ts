import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import type { Log } from "../../platform/log/log.ts";
import type { StepContext, WorkflowDefinition } from "./definition.ts";

/** Tries of one execution, first one included. */
const TRIES_MAX = 4;

/*
 * The runner. An execution is one job with a checkpoint for each step.
 *
 *   pending ──first run──▶ running ──last step committed──▶ completed
 *                             │ a step throws: the try is counted and the job is thrown back to the queue
 *                             └──tries used up──▶ failed
 *
 * A step's output is committed to `result.steps.<name>` only while the execution is `running` and has no such entry, so
 * of two workers that hold the same execution (a lost heartbeat) one goes on and the other stops at its next commit.
 * After a crash the queue hands the job out again and the run goes on behind the last committed step.
 */

/**
 * Runs an execution from its last checkpoint to its end.
 * @throws whatever a step threw, while tries are left: the queue will call again.
 */
export async function runExecution(
  deps: { readonly db: Kysely<DB>; readonly log: Log; readonly workflows: ReadonlyMap<string, WorkflowDefinition> },
  executionId: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, log } = deps;
  const startedAtMs = performance.now();
  const { rows } = await sql<ExecutionRow>`
    UPDATE workflow_executions e SET status = 'running' FROM workflows w
    WHERE e.id = ${executionId} AND e.status IN ('pending', 'running') AND w.id = e.workflow_id
    RETURNING e.project_id, e.incident_id, e.result, e.retry_count, w.name`.execute(db);
  const row = rows[0];
  if (row === undefined) return;
  const workflow = deps.workflows.get(row.name);
  if (workflow === undefined) throw new Error(`this Culprit knows no workflow named ${row.name}`);
  const outputs: Record<string, unknown> = { ...row.result.steps };
  const write = (level: "INFO" | "ERROR", step: string | null, message: string, metadata: object = {}) =>
    writeExecutionLog(db, { executionId, projectId: row.project_id, level, step, message, metadata });

  for (const step of workflow.steps) {
    if (step.name in outputs) continue;
    if (signal.aborted) throw new Error("the worker is stopping");
    const stepStartedAtMs = performance.now();
    await write("INFO", step.name, "started");
    try {
      const ctx: StepContext = {
        executionId,
        projectId: row.project_id,
        incidentId: row.incident_id,
        outputs,
        signal,
        progress: (message, metadata) => write("INFO", step.name, message, metadata),
      };
      outputs[step.name] = (await step.run(ctx)) ?? null;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      await write("ERROR", step.name, `failed: ${reason}`, {
        durationMs: Math.round(performance.now() - stepStartedAtMs),
      });
      const isLast = await countTry(db, executionId, `${step.name}: ${reason}`);
      log.warn({ executionId, step: step.name, isLast, err: cause }, "a workflow step failed");
      if (!isLast) throw cause;
      await workflow.onFailed({ incidentId: row.incident_id, reason: `The step ${step.name} failed: ${reason}` });
      return;
    }
    const durationMs = Math.round(performance.now() - stepStartedAtMs);
    if (!(await commitStep(db, executionId, step.name, outputs[step.name]))) {
      log.warn({ executionId, step: step.name }, "another worker carries this execution on");
      return;
    }
    await write("INFO", step.name, "finished", { durationMs });
  }
  await sql`UPDATE workflow_executions SET status = 'completed', completed_at = now() WHERE id = ${executionId} AND status = 'running'`.execute(
    db,
  );
  log.info(
    {
      executionId,
      workflow: row.name,
      incidentId: row.incident_id,
      steps: workflow.steps.length,
      durationMs: Math.round(performance.now() - startedAtMs),
    },
    "a workflow execution completed",
  );
}

interface ExecutionRow {
  project_id: string;
  incident_id: string | null;
  result: { steps: Record<string, unknown> };
  retry_count: number;
  name: string;
}

/** Counts a failed try. @returns true when it was the last; the execution has failed then. */
async function countTry(db: Kysely<DB>, executionId: string, reason: string): Promise<boolean> {
  const { rows } = await sql<{ status: string }>`
    UPDATE workflow_executions SET retry_count = retry_count + 1, error_message = ${reason},
      status = CASE WHEN retry_count + 1 >= ${TRIES_MAX} THEN 'failed' ELSE status END,
      completed_at = CASE WHEN retry_count + 1 >= ${TRIES_MAX} THEN now() END
    WHERE id = ${executionId} AND status = 'running' RETURNING status`.execute(db);
  return rows[0]?.status === "failed";
}

async function commitStep(db: Kysely<DB>, executionId: string, step: string, output: unknown): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE workflow_executions SET result = jsonb_set(result, ARRAY['steps', ${step}::text], ${JSON.stringify(output ?? null)}::jsonb)
    WHERE id = ${executionId} AND status = 'running' AND NOT result -> 'steps' ? ${step}`.execute(db);
  return numAffectedRows === 1n;
}

async function writeExecutionLog(
  db: Kysely<DB>,
  line: {
    executionId: string;
    projectId: string;
    level: string;
    step: string | null;
    message: string;
    metadata: object;
  },
): Promise<void> {
  await db
    .insertInto("execution_logs")
    .values({
      id: newId(),
      project_id: line.projectId,
      execution_id: line.executionId,
      level: line.level,
      message: line.message,
      metadata: JSON.stringify(line.metadata),
      step_name: line.step,
    })
    .execute();
}
