import type { Approval, ApprovalList } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** With the tables they are read from. */
export const approvalColumns = sql`a.approval_id, a.project_id, a.execution_id, w.name AS workflow_name, e.incident_id, a.path, a.message,
  a.default_decision, a.expires_at, a.decision, a.decided_by, a.decided_at, a.reason, a.created_at, a.created_at::text AS created_at_text
  FROM approvals a JOIN workflow_executions e ON e.id = a.execution_id JOIN workflows w ON w.id = e.workflow_id`;

/**
 * One page of approvals: those that wait, oldest first, or those that were answered, newest first. One whose execution has
 * ended waits for nobody.
 */
export async function listApprovals(
  db: Kysely<DB>,
  filter: {
    readonly projectId: string | null;
    readonly state: "waiting" | "decided";
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<ApprovalList> {
  const { projectId, state, limit, cursor } = filter;
  const isWaiting = state === "waiting";
  const after = cursor === undefined ? null : parseCursor(cursor, 2);
  const conditions: RawBuilder<unknown>[] = [
    isWaiting
      ? sql`a.decision IS NULL AND e.status IN ('pending', 'running') AND (a.expires_at IS NULL OR a.expires_at > now())`
      : sql`a.decision IS NOT NULL`,
  ];
  if (projectId !== null) conditions.push(sql`a.project_id = ${projectId}`);
  if (after !== null) {
    const place = sql`(${after[0]}::timestamptz, ${after[1]}::uuid)`;
    conditions.push(
      isWaiting ? sql`(a.created_at, a.approval_id) > ${place}` : sql`(a.created_at, a.approval_id) < ${place}`,
    );
  }
  const order = isWaiting ? sql`a.created_at, a.approval_id` : sql`a.created_at DESC, a.approval_id DESC`;
  const { rows } = await sql<ApprovalRow>`
    SELECT ${approvalColumns} WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${order} LIMIT ${limit + 1}`.execute(
    db,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toApproval),
    next_cursor:
      rows.length > limit && last !== undefined ? formatCursor([last.created_at_text, last.approval_id]) : null,
  };
}

export interface ApprovalRow {
  readonly approval_id: string;
  readonly project_id: string;
  readonly execution_id: string;
  readonly workflow_name: string;
  readonly incident_id: string | null;
  readonly path: string;
  readonly message: string;
  readonly default_decision: Approval["default_decision"];
  readonly expires_at: Date | null;
  readonly decision: Approval["decision"];
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
  readonly created_at: Date;
  readonly created_at_text: string;
}

export function toApproval(row: ApprovalRow): Approval {
  const { approval_id, created_at_text: _, project_id, execution_id, incident_id, ...rest } = row;
  return {
    ...rest,
    id: toPublicId("apr", approval_id),
    project_id: toPublicId("proj", project_id),
    execution_id: toPublicId("exec", execution_id),
    incident_id: incident_id === null ? null : toPublicId("inc", incident_id),
    expires_at: row.expires_at?.toISOString() ?? null,
    decided_at: row.decided_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
