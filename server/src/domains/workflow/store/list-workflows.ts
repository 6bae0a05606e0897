import type { WorkflowList, WorkflowStatus } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { summaryQuery, toSummary } from "./workflow-columns.ts";

export interface WorkflowFilter {
  readonly projectId: string;
  readonly status?: WorkflowStatus | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * What a project can run, by name: its own workflows, and the built-in ones of which it has no copy. Archived ones only
 * when they are asked for. @throws CulpritError INVALID_REQUEST for a foreign cursor.
 */
export async function listWorkflows(db: Kysely<DB>, filter: WorkflowFilter): Promise<WorkflowList> {
  const { projectId, status, limit, cursor } = filter;
  const after = cursor === undefined ? null : parseCursor(cursor, 2);
  const conditions = [
    sql`(w.project_id = ${projectId} OR (w.project_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM workflows own WHERE own.project_id = ${projectId} AND own.name = w.name AND own.status <> 'archived')))`,
    status === undefined ? sql`w.status <> 'archived'` : sql`w.status = ${status}`,
    ...(after === null ? [] : [sql`(w.name, w.id) > (${after[0]}, ${after[1]}::uuid)`]),
  ];
  const { rows } = await summaryQuery(sql.join(conditions, sql` AND `), projectId, limit + 1).execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toSummary),
    next_cursor: rows.length > limit && last !== undefined ? formatCursor([last.name, last.id]) : null,
  };
}
