import type { ExecutionList, ExecutionStatus } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { type ExecutionRow, executionColumns, executionJoins, toExecution } from "./execution-columns.ts";

export interface ExecutionFilter {
  /** Null: every project that the scope's tenant may see. */
  readonly projectId: string | null;
  /** Every workflow of that name counts: the built-in one and a copy of it. */
  readonly workflow?: { readonly id: string } | { readonly name: string } | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly incidentId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of executions, newest first. @throws CulpritError INVALID_REQUEST for a foreign cursor. */
export async function listExecutions(db: Kysely<DB>, filter: ExecutionFilter): Promise<ExecutionList> {
  const { projectId, workflow, status, incidentId, limit, cursor } = filter;
  const after = cursor === undefined ? null : parseCursor(cursor, 2);
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (projectId !== null) conditions.push(sql`e.project_id = ${projectId}`);
  if (workflow !== undefined)
    conditions.push("id" in workflow ? sql`e.workflow_id = ${workflow.id}` : sql`w.name = ${workflow.name}`);
  if (status !== undefined) conditions.push(sql`e.status = ${status}`);
  if (incidentId !== undefined) conditions.push(sql`e.incident_id = ${incidentId}`);
  if (after !== null) conditions.push(sql`(e.started_at, e.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const { rows } = await sql<ExecutionRow>`
    SELECT ${executionColumns} FROM workflow_executions e ${executionJoins}
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY e.started_at DESC, e.id DESC LIMIT ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toExecution),
    next_cursor: rows.length > limit && last !== undefined ? formatCursor([last.started_at_text, last.id]) : null,
  };
}
