import { sql, type Transaction } from "kysely";
import type { Database } from "../../../../platform/db/open-database.ts";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { states, tryAgain } from "../../../../platform/db/try-again.ts";
import { newId, toPublicId } from "../../../../platform/ids/ids.ts";
import type { Queue } from "../../../../platform/queue/queue.ts";
import { type ExecutionRequest, startExecutions } from "../../start-execution.ts";
import { checkInputs } from "../check-inputs.ts";
import { readInputs, readTrigger } from "../read-trigger.ts";
import { type LedgerRow, writeLedger } from "../write-ledger.ts";
import { type DueRun, dueRun, type ScheduleTrigger } from "./schedule-times.ts";

const BATCH = 100;
const CONFLICTS = { states: [states.deadlock, states.serializationFailure, states.foreignKeyViolation], triesMax: 3 };

export interface ScheduleDeps {
  readonly database: Database;
  readonly queue: Queue;
  readonly now: () => Date;
}

/**
 * Starts what is due. A due row is locked, moved on and its execution created in one transaction; another worker passes over
 * it and then finds it moved, so two start one.
 * @returns how many rows were due; a full batch (100) means that there may be more.
 */
export function runDueSchedules(deps: ScheduleDeps): Promise<number> {
  return tryAgain(() => deps.database.transaction((tx) => runBatch(tx, deps)), CONFLICTS);
}

async function runBatch(tx: Transaction<DB>, { queue, now: clock }: ScheduleDeps): Promise<number> {
  const now = clock();
  const rows = [...(await dueOwn(tx, now)), ...(await dueBuiltIn(tx, now))];
  const judged = rows.map((row) => judge(row, now));
  const requests = judged.flatMap(({ request }) => request ?? []);
  const started = new Set(await startExecutions(tx, queue, requests));
  await writeLedger(
    tx,
    judged.flatMap(({ entry, request }) => {
      if (entry === null) return [];
      if (request === undefined) return [entry];
      if (started.has(request.id)) return [{ ...entry, executionId: request.id }];
      return [{ ...entry, outcome: "did_not_run" as const, reason: "It was due, but the workflow was switched off." }];
    }),
  );
  const moved = judged.map(({ row, nextAt, request }) => ({
    trigger_id: row.trigger_id,
    project_id: row.project_id,
    // What has no further time is out of reach and planned again with the next edit.
    next_run_at: (nextAt ?? new Date(8_000_000_000_000)).toISOString(),
    last_run_at: request === undefined ? null : now.toISOString(),
  }));
  await moveOn(
    tx,
    "workflow_triggers",
    moved.filter((_, i) => rows[i]?.is_builtin === false),
  );
  await moveOn(
    tx,
    "project_schedules",
    moved.filter((_, i) => rows[i]?.is_builtin === true),
  );
  return rows.length;
}

interface DueRow {
  readonly trigger_id: string;
  readonly project_id: string;
  readonly planned_at: Date;
  readonly conditions: unknown;
  readonly enabled: boolean;
  readonly workflow_id: string;
  readonly status: string;
  readonly inputs: unknown;
  readonly is_builtin: boolean;
  /** The project has a workflow of its own in place of the built-in one. */
  readonly is_replaced: boolean;
}

const columns = sql`t.id AS trigger_id, t.conditions, t.enabled, w.id AS workflow_id, w.status, v.definition -> 'inputs' AS inputs`;
const joins = sql`JOIN workflows w ON w.id = t.workflow_id
  LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version`;

async function dueOwn(tx: Transaction<DB>, now: Date): Promise<readonly DueRow[]> {
  const { rows } = await sql<DueRow>`
    SELECT ${columns}, t.project_id, t.next_run_at AS planned_at, false AS is_builtin, false AS is_replaced
    FROM workflow_triggers t ${joins}
    WHERE t.next_run_at <= ${now} AND t.enabled AND t.trigger_type = 'schedule' AND t.project_id IS NOT NULL
    ORDER BY t.next_run_at LIMIT ${BATCH} FOR UPDATE OF t SKIP LOCKED`.execute(tx);
  return rows;
}

async function dueBuiltIn(tx: Transaction<DB>, now: Date): Promise<readonly DueRow[]> {
  const { rows } = await sql<DueRow>`
    SELECT ${columns}, s.project_id, s.next_run_at AS planned_at, true AS is_builtin,
      EXISTS (SELECT 1 FROM workflows own WHERE own.project_id = s.project_id AND own.name = w.name AND own.status <> 'archived') AS is_replaced
    FROM project_schedules s JOIN workflow_triggers t ON t.id = s.trigger_id ${joins}
    WHERE s.next_run_at <= ${now} ORDER BY s.next_run_at LIMIT ${BATCH} FOR UPDATE OF s SKIP LOCKED`.execute(tx);
  return rows;
}

interface Judged {
  readonly row: DueRow;
  readonly nextAt: Date | null;
  readonly entry: LedgerRow | null;
  readonly request?: ExecutionRequest & { readonly id: string };
}

/** Whether a due row runs, and what the ledger says. An archived or replaced workflow is moved on without a word. */
function judge(row: DueRow, now: Date): Judged {
  const entry = (outcome: LedgerRow["outcome"], reason: string, details: LedgerRow["details"]): LedgerRow => ({
    ...{ projectId: row.project_id, workflowId: row.workflow_id, triggerId: row.trigger_id },
    ...{ eventId: null, executionId: null, outcome, reason, details },
  });
  const trigger = readTrigger("schedule", row.conditions);
  if (!("type" in trigger) || trigger.type !== "schedule") {
    const words = "unreadable" in trigger ? trigger.unreadable : "they are not those of a schedule";
    const reason = `The conditions of the schedule can't be read: ${words}. Save the workflow again.`;
    return { row, nextAt: null, entry: entry("did_not_run", reason, {}) };
  }
  const due = dueRunOf(trigger, row.planned_at, now);
  if ("wrong" in due) {
    const reason = `The schedule ${trigger.cron} (${trigger.timezone}) can't be understood: ${due.wrong}. Save the workflow again.`;
    return { row, nextAt: null, entry: entry("did_not_run", reason, {}) };
  }
  const { nextAt } = due;
  const details = {
    ...{ cron: trigger.cron, timezone: trigger.timezone, due_at: due.dueAt.toISOString(), missed: due.missed },
    next_run_at: nextAt?.toISOString() ?? null,
  };
  if (row.is_replaced || row.status === "archived" || !row.enabled) return { row, nextAt, entry: null };
  if (row.status !== "active") {
    const words = row.status === "draft" ? "is a draft" : "is switched off";
    return { row, nextAt, entry: entry("did_not_run", `It was due, but the workflow ${words}.`, details) };
  }
  if (!due.runs)
    return { row, nextAt, entry: entry("did_not_run", `${missedWords(due)}; missed times are skipped.`, details) };
  const checked = checkInputs({ inputs: readInputs(row.inputs) }, trigger.inputs ?? {});
  if (!checked.ok) {
    const reason = `It was due, but its inputs are wrong: ${checked.problems.map(({ message }) => message).join(" ")}`;
    return { row, nextAt, entry: entry("did_not_run", reason, { ...details, problems: checked.problems }) };
  }
  const isLate = due.missed > 0;
  const reason = isLate ? `${missedWords(due)}; one run stands for all.` : `It was due at ${due.dueAt.toISOString()}.`;
  const request = {
    id: newId(),
    projectId: row.project_id,
    workflow: { id: row.workflow_id },
    inputs: checked.inputs,
    trigger: { type: "schedule", data: { event: {}, trigger_id: toPublicId("wft", row.trigger_id), ...details } },
  };
  return { row, nextAt, entry: entry("ran", reason, details), request };
}

function dueRunOf(trigger: ScheduleTrigger, plannedAt: Date, now: Date): DueRun | { readonly wrong: string } {
  try {
    return dueRun(trigger, plannedAt, now);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function missedWords({ missed, dueAt }: DueRun): string {
  const times = missed === 1 ? "One time was" : `${missed >= 999 ? "At least 999" : missed} times were`;
  return `${times} missed because nothing looked then, the newest was due at ${dueAt.toISOString()}`;
}

async function moveOn(
  tx: Transaction<DB>,
  table: "workflow_triggers" | "project_schedules",
  rows: readonly { readonly trigger_id: string; readonly project_id: string; readonly next_run_at: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  const isSame =
    table === "workflow_triggers"
      ? sql`s.id = r.trigger_id`
      : sql`s.trigger_id = r.trigger_id AND s.project_id = r.project_id`;
  await sql`
    UPDATE ${sql.table(table)} s SET next_run_at = r.next_run_at, last_run_at = coalesce(r.last_run_at, s.last_run_at)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(trigger_id uuid, project_id uuid, next_run_at timestamptz, last_run_at timestamptz) WHERE ${isSame}`.execute(
    tx,
  );
}
