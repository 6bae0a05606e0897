import type { LedgerEntry, LedgerList, TriggerCountList } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

export interface LedgerFilter {
  /** Null: every project that the scope's tenant may see. */
  readonly projectId: string | null;
  readonly workflowId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly outcome?: LedgerEntry["outcome"] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of what ran and what did not, newest first. @throws CulpritError INVALID_REQUEST for a foreign cursor. */
export async function listLedger(db: Kysely<DB>, filter: LedgerFilter): Promise<LedgerList> {
  const { projectId, workflowId, eventId, outcome, limit, cursor } = filter;
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (projectId !== null) conditions.push(sql`l.project_id = ${projectId}`);
  if (workflowId !== undefined) conditions.push(sql`l.workflow_id = ${workflowId}`);
  if (eventId !== undefined) conditions.push(sql`l.event_id = ${eventId}`);
  if (outcome !== undefined) conditions.push(sql`l.outcome = ${outcome}`);
  if (cursor !== undefined) {
    const [createdAt, id] = parseCursor(cursor, 2);
    conditions.push(sql`(l.created_at, l.ledger_id) < (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  const { rows } = await sql<LedgerRow>`
    SELECT l.ledger_id, l.project_id, l.workflow_id, w.name, l.trigger_id, l.event_id, e.event_type, x.execution_id, l.outcome, l.reason,
      l.details, l.created_at, l.created_at::text AS created_at_text
    FROM trigger_ledger l JOIN workflows w ON w.id = l.workflow_id LEFT JOIN workflow_events e ON e.event_id = l.event_id
    LEFT JOIN workflow_executions x ON x.id = l.execution_id
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY l.created_at DESC, l.ledger_id DESC LIMIT ${limit + 1}`.execute(
    db,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toEntry),
    next_cursor:
      rows.length > limit && last !== undefined ? formatCursor([last.created_at_text, last.ledger_id]) : null,
  };
}

/** How many events of each kind did not concern a workflow at all, by the hour, newest first. */
export async function listTriggerCounts(
  db: Kysely<DB>,
  {
    projectId,
    workflowId,
    hours,
  }: { readonly projectId: string; readonly workflowId?: string | undefined; readonly hours: number },
): Promise<TriggerCountList> {
  const { rows } = await sql<{ workflow_id: string; name: string; event_type: string; hour: Date; count: number }>`
    SELECT c.workflow_id, w.name, c.event_type, c.hour, c.count FROM trigger_counts c JOIN workflows w ON w.id = c.workflow_id
    WHERE c.project_id = ${projectId} AND c.hour > now() - ${hours} * interval '1 hour'
      ${workflowId === undefined ? sql`` : sql`AND c.workflow_id = ${workflowId}`}
    ORDER BY c.hour DESC, w.name, c.event_type LIMIT 1000`.execute(db);
  return {
    items: rows.map((row) => ({
      workflow_id: toPublicId("wf", row.workflow_id),
      workflow_name: row.name,
      event_type: row.event_type,
      hour: row.hour.toISOString(),
      count: Number(row.count),
    })),
  };
}

interface LedgerRow {
  readonly ledger_id: string;
  readonly project_id: string;
  readonly workflow_id: string;
  readonly name: string;
  readonly trigger_id: string | null;
  readonly event_id: string | null;
  readonly event_type: string | null;
  /** The public one. */
  readonly execution_id: string | null;
  readonly outcome: LedgerEntry["outcome"];
  readonly reason: string;
  readonly details: Record<string, unknown>;
  readonly created_at: Date;
  readonly created_at_text: string;
}

function toEntry(row: LedgerRow): LedgerEntry {
  return {
    id: toPublicId("led", row.ledger_id),
    project_id: toPublicId("proj", row.project_id),
    workflow_id: toPublicId("wf", row.workflow_id),
    workflow_name: row.name,
    trigger_id: row.trigger_id === null ? null : toPublicId("wft", row.trigger_id),
    event_id: row.event_id === null ? null : toPublicId("evt", row.event_id),
    event_type: row.event_type,
    execution_id: row.execution_id,
    outcome: row.outcome,
    reason: row.reason,
    details: row.details,
    created_at: row.created_at.toISOString(),
  };
}
