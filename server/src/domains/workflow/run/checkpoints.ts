import type { StepStatus } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import { Batcher } from "../../../platform/batch/batcher.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import type { LogLevel } from "../action.ts";
import { endCalled } from "./end-called.ts";
import type { Failing } from "./leases.ts";

/** A step as it stands now; a later one of the same path replaces it. */
export interface StepRow {
  readonly path: string;
  readonly action_type: string;
  readonly action_name: string;
  readonly status: StepStatus;
  readonly attempt: number;
  /** The order in which the execution came to it. */
  readonly place: number;
  readonly input: unknown;
  readonly output: unknown;
  readonly reason: string | null;
  readonly wake_at: string | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly path: string | null;
  readonly at: string;
}

/** How a run ended for now. */
export type Ending =
  /** It waits. `wakeAt` null: for somebody, not for a time. */
  | { readonly kind: "suspended"; readonly activeMs: number; readonly wakeAt: Date | null }
  | {
      readonly kind: "finished";
      readonly status: "completed" | "failed" | "timeout";
      readonly activeMs: number;
      readonly reason: string | null;
      readonly result: Readonly<Record<string, unknown>>;
    };

/** What one execution writes at once. */
export interface Checkpoint {
  readonly executionId: string;
  readonly token: string;
  readonly steps: readonly StepRow[];
  readonly logs: readonly LogLine[];
  /** Written before the `on_failure` steps. */
  readonly failing?: Failing;
  readonly ending?: Ending;
  /** Counts a failed try on the execution. */
  readonly retries?: number;
  /** What belongs to it in the same transaction: an approval's row, a sub-workflow's execution. */
  readonly also?: (tx: Transaction<DB>) => Promise<void>;
}

/** Executions that checkpoint at once are written together: a batch costs a handful of statements whatever it holds. */
const BATCH_MAX = 200;
const WAITING_MAX = 50_000;

/**
 * Writes the checkpoints of all executions of this process. The answer to each is whether its lease still held: whoever
 * lost it has written nothing.
 */
export class CheckpointWriter {
  readonly #batcher: Batcher<Checkpoint, boolean>;

  constructor(database: Database, queue: Queue) {
    this.#batcher = new Batcher<Checkpoint, boolean>({
      write: (items) => database.transaction((tx) => writeCheckpoints(tx, queue, items)),
      batchItemsMax: BATCH_MAX,
      queuedItemsMax: WAITING_MAX,
      noun: "checkpoints",
    });
  }

  async write(checkpoint: Checkpoint): Promise<boolean> {
    const [held] = await this.#batcher.add([checkpoint]);
    return held === true;
  }

  drain(): Promise<void> {
    return this.#batcher.drain();
  }
}

async function writeCheckpoints(tx: Transaction<DB>, queue: Queue, items: readonly Checkpoint[]): Promise<boolean[]> {
  const { rows: held } = await sql<{ id: string; token: string; project_id: string; workflow_id: string }>`
    SELECT e.id, e.lease_token AS token, e.project_id, e.workflow_id
    FROM unnest(${items.map((item) => item.executionId)}::uuid[], ${items.map((item) => item.token)}::uuid[]) AS h(id, token)
    JOIN workflow_executions e ON e.id = h.id AND e.lease_token = h.token AND e.status = 'running'
    ORDER BY e.id FOR NO KEY UPDATE OF e`.execute(tx);
  const projectOf = new Map(held.map(({ id, token, project_id }) => [`${id} ${token}`, project_id]));
  const isHeld = items.map((item) => projectOf.has(`${item.executionId} ${item.token}`));
  const good = items.filter((_, index) => isHeld[index]);
  await writeSteps(tx, good, projectOf);
  await writeLogs(tx, good, projectOf);
  await countRetries(tx, good);
  for (const { executionId, failing } of good) {
    if (failing !== undefined)
      await sql`UPDATE workflow_executions SET result = ${JSON.stringify({ failing })}::jsonb WHERE id = ${executionId}`.execute(
        tx,
      );
  }
  for (const { also } of good) await also?.(tx);
  await suspend(tx, queue, good);
  await finish(tx, queue, good);
  return isHeld;
}

async function writeSteps(
  tx: Transaction<DB>,
  items: readonly Checkpoint[],
  projectOf: ReadonlyMap<string, string>,
): Promise<void> {
  const latest = new Map<string, object>();
  for (const { executionId, token, steps } of items) {
    const project_id = projectOf.get(`${executionId} ${token}`);
    for (const step of steps)
      latest.set(`${executionId} ${step.path}`, { ...step, execution_id: executionId, project_id });
  }
  if (latest.size === 0) return;
  await sql`
    INSERT INTO execution_steps (execution_id, path, project_id, action_type, action_name, status, attempt, place, input, output,
      reason, wake_at, started_at, finished_at, duration_ms)
    SELECT execution_id, path, project_id, action_type, action_name, status, attempt, place, input, output,
      reason, wake_at, started_at, finished_at, duration_ms
    FROM jsonb_to_recordset(${JSON.stringify([...latest.values()])}::jsonb) AS r(execution_id uuid, path text, project_id uuid,
      action_type text, action_name text, status text, attempt int, place int, input jsonb, output jsonb, reason text,
      wake_at timestamptz, started_at timestamptz, finished_at timestamptz, duration_ms bigint)
    ORDER BY execution_id, path
    ON CONFLICT (execution_id, path) DO UPDATE SET status = excluded.status, attempt = excluded.attempt, input = excluded.input,
      output = excluded.output, reason = excluded.reason, wake_at = excluded.wake_at, started_at = excluded.started_at,
      finished_at = excluded.finished_at, duration_ms = excluded.duration_ms`.execute(tx);
}

async function writeLogs(
  tx: Transaction<DB>,
  items: readonly Checkpoint[],
  projectOf: ReadonlyMap<string, string>,
): Promise<void> {
  const lines = items.flatMap(({ executionId, token, logs }) =>
    logs.map((line) => ({
      ...line,
      id: newId(),
      execution_id: executionId,
      project_id: projectOf.get(`${executionId} ${token}`),
      step: line.path?.split(/[.[]/)[0] ?? null,
    })),
  );
  if (lines.length === 0) return;
  await sql`
    INSERT INTO execution_logs (id, project_id, execution_id, level, message, metadata, step_name, action_id, created_at)
    SELECT r.id, r.project_id, r.execution_id, r.level, r.message, r.metadata, r.path, a.id, r.at
    FROM jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) AS r(id uuid, project_id uuid, execution_id uuid, level text,
      message text, metadata jsonb, path text, step text, at timestamptz)
    JOIN workflow_executions e ON e.id = r.execution_id
    LEFT JOIN workflow_actions a ON a.workflow_id = e.workflow_id AND a.step_id = r.step`.execute(tx);
}

async function countRetries(tx: Transaction<DB>, items: readonly Checkpoint[]): Promise<void> {
  const counted = items.filter(({ retries }) => retries !== undefined && retries > 0);
  if (counted.length === 0) return;
  await sql`
    UPDATE workflow_executions e SET retry_count = e.retry_count + r.retries
    FROM unnest(${counted.map((item) => item.executionId)}::uuid[], ${counted.map((item) => item.retries ?? 0)}::int[]) AS r(id, retries)
    WHERE e.id = r.id`.execute(tx);
}

async function suspend(tx: Transaction<DB>, queue: Queue, items: readonly Checkpoint[]): Promise<void> {
  const rows = items.flatMap(({ executionId, ending }) =>
    ending?.kind === "suspended"
      ? [{ id: executionId, active_ms: ending.activeMs, wake_at: ending.wakeAt?.toISOString() ?? null }]
      : [],
  );
  if (rows.length === 0) return;
  const { rows: slept } = await sql<{ id: string; wake_at: Date | null }>`
    UPDATE workflow_executions e SET lease_token = NULL, lease_until = NULL, active_ms = r.active_ms, is_waiting = true,
      wake_at = CASE WHEN e.is_signalled THEN now() ELSE r.wake_at END
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, active_ms bigint, wake_at timestamptz)
    WHERE e.id = r.id RETURNING e.id, e.wake_at`.execute(tx);
  // One without a time waits for a signal, which brings a job of its own.
  await wakeAt(
    tx,
    queue,
    slept.filter(({ wake_at }) => wake_at !== null),
  );
}

async function finish(tx: Transaction<DB>, queue: Queue, items: readonly Checkpoint[]): Promise<void> {
  const rows = items.flatMap(({ executionId, ending }) =>
    ending?.kind === "finished"
      ? [
          {
            id: executionId,
            status: ending.status,
            active_ms: ending.activeMs,
            reason: ending.reason,
            result: ending.result,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  const { rows: ended } = await sql<{
    id: string;
    caller: string | null;
    workflow_id: string;
    project_id: string;
    is_limited: boolean;
  }>`
    UPDATE workflow_executions e SET status = r.status, completed_at = greatest(now(), e.started_at), active_ms = r.active_ms,
      error_message = r.reason, result = r.result, lease_token = NULL, lease_until = NULL
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, status text, active_ms bigint, reason text, result jsonb),
      workflows w
    WHERE e.id = r.id AND w.id = e.workflow_id
    RETURNING e.id, e.caller_execution_id AS caller, e.workflow_id, e.project_id,
      w.config ? 'max_concurrent_executions' AS is_limited`.execute(tx);
  await closeOpenSteps(
    tx,
    ended.map(({ id }) => id),
    rows,
  );
  await signal(
    tx,
    queue,
    ended.flatMap(({ caller }) => caller ?? []),
  );
  const failed = rows.filter(({ status }) => status !== "completed").map(({ id }) => id);
  if (failed.length > 0) await endCalled(tx, failed, "The execution that called it has ended.");
  const limited = ended.filter(({ is_limited }) => is_limited);
  if (limited.length > 0) await startNextOf(tx, queue, limited);
}

/** Steps that were under way beside the one that ended it all. */
async function closeOpenSteps(
  tx: Transaction<DB>,
  ids: readonly string[],
  rows: readonly { readonly status: string }[],
): Promise<void> {
  if (rows.every(({ status }) => status === "completed")) return;
  await sql`
    UPDATE execution_steps SET status = 'cancelled', finished_at = now(), reason = coalesce(reason, 'The execution ended.')
    WHERE execution_id = ANY(${[...ids]}::uuid[]) AND status IN ('running', 'waiting', 'retrying')`.execute(tx);
}

/** A place became free: the oldest execution that waits for one is tried. */
async function startNextOf(
  tx: Transaction<DB>,
  queue: Queue,
  ended: readonly { readonly workflow_id: string; readonly project_id: string }[],
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT n.id FROM unnest(${ended.map((row) => row.workflow_id)}::uuid[], ${ended.map((row) => row.project_id)}::uuid[]) AS f(workflow_id, project_id)
    CROSS JOIN LATERAL (SELECT e.id FROM workflow_executions e
      WHERE e.workflow_id = f.workflow_id AND e.project_id = f.project_id AND e.status IN ('pending', 'running')
        AND e.lease_until IS NULL AND NOT e.is_waiting AND NOT e.is_paused
      ORDER BY e.started_at LIMIT 4) n`.execute(tx);
  await wakeAt(
    tx,
    queue,
    [...new Set(rows.map(({ id }) => id))].map((id) => ({ id, wake_at: null })),
  );
}

/** Tells executions that something they may wait for has come. */
export async function signal(tx: Transaction<DB>, queue: Queue, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<{ id: string }>`
    UPDATE workflow_executions SET is_signalled = true, wake_at = CASE WHEN is_waiting THEN now() END
    WHERE id = ANY(${[...new Set(ids)].sort()}::uuid[]) AND status IN ('pending', 'running') RETURNING id`.execute(tx);
  await wakeAt(
    tx,
    queue,
    rows.map(({ id }) => ({ id, wake_at: null })),
  );
}

/** Makes the jobs that take them up; one with `wake_at` null at once. A job too many does no harm. */
export async function wakeAt(
  tx: Transaction<DB>,
  queue: Queue,
  rows: readonly { readonly id: string; readonly wake_at: Date | null }[],
): Promise<void> {
  await queue.enqueueMany(
    tx,
    "execution",
    rows.map(({ id, wake_at }) => ({ data: { executionId: id }, key: newId(), at: wake_at })),
  );
}
