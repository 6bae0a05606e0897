import type { ExecutionLog, ExecutionLogList } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";

export interface LogFilter {
  readonly executionId: string;
  /** Words that a line must hold, as in a search engine: `failed -retry "exact words"`. */
  readonly q?: string | undefined;
  readonly level?: ExecutionLog["level"] | undefined;
  /** The path of a step; lines of the steps inside it are its lines too. */
  readonly step?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Lines of an execution's log, oldest first. A page that is not full gives a cursor too where it has a line: whoever follows
 * a running execution asks with it again. @throws CulpritError NOT_FOUND, or INVALID_REQUEST for a foreign cursor.
 */
export async function listExecutionLogs(db: Kysely<DB>, filter: LogFilter): Promise<ExecutionLogList> {
  const { executionId, q, level, step, limit, cursor } = filter;
  const { rows: known } = await sql<{ started_at: Date; is_running: boolean }>`
    SELECT started_at, status IN ('pending', 'running') AS is_running FROM workflow_executions WHERE id = ${executionId}`.execute(
    db,
  );
  const execution = known[0];
  if (execution === undefined) throw new CulpritError("NOT_FOUND", "There is no such execution that you can see.");
  const after = cursor === undefined ? null : parseCursor(cursor, 2);
  // Partitions before its start are not looked at.
  const conditions: RawBuilder<unknown>[] = [
    sql`execution_id = ${executionId}`,
    sql`created_at >= ${execution.started_at}::timestamptz - interval '1 day'`,
  ];
  if (q !== undefined) conditions.push(sql`to_tsvector('simple', message) @@ websearch_to_tsquery('simple', ${q})`);
  if (level !== undefined) conditions.push(sql`level = ${level}`);
  if (step !== undefined)
    conditions.push(
      sql`(step_name = ${step} OR starts_with(step_name, ${`${step}.`}) OR starts_with(step_name, ${`${step}[`}))`,
    );
  if (after !== null) conditions.push(sql`(created_at, id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const { rows } = await sql<{
    id: string;
    created_at: Date;
    created_at_text: string;
    level: ExecutionLog["level"];
    step_name: string | null;
    message: string;
    metadata: unknown;
  }>`SELECT id, created_at, created_at::text AS created_at_text, level, step_name, message, metadata FROM execution_logs
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY created_at, id LIMIT ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit || execution.is_running;
  return {
    items: page.map(({ id, created_at, level: weight, step_name, message, metadata }) => ({
      id,
      at: created_at.toISOString(),
      level: weight,
      step: step_name,
      message,
      metadata,
    })),
    next_cursor: !hasMore
      ? null
      : last === undefined
        ? (cursor ?? null)
        : formatCursor([last.created_at_text, last.id]),
  };
}
