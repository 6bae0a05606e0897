import { randomBytes } from "node:crypto";
import type { Trigger } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";

/**
 * Makes the rows of `workflow_triggers` those of a definition, in the transaction that saves it. A trigger that stays, or that
 * is the next of its type, keeps its row: so the address and secret of a webhook outlive an edit, and a schedule that was
 * not touched stays due when it was. One whose times changed has none until it is planned, within a second.
 */
export async function syncTriggers(
  tx: Transaction<DB>,
  workflow: { readonly id: string; readonly projectId: string | null },
  triggers: readonly Trigger[],
): Promise<void> {
  const { rows: stored } = await sql<StoredTrigger>`
    SELECT id, trigger_type AS type, conditions FROM workflow_triggers WHERE workflow_id = ${workflow.id}
    ORDER BY created_at, id FOR UPDATE`.execute(tx);
  const wanted = triggers.map(({ type, ...conditions }) => ({ type, conditions }));
  const left = [...stored];
  const take = (isIt: (one: StoredTrigger) => boolean) => {
    const index = left.findIndex(isIt);
    return index === -1 ? undefined : left.splice(index, 1)[0];
  };
  const same = wanted.map((one) => take((row) => row.type === one.type && isSame(row.conditions, one.conditions)));
  const kept = wanted.map((one, i) => same[i] ?? take(({ type }) => type === one.type));

  const rows = wanted.map(({ type, conditions }, position) => ({
    id: kept[position]?.id ?? newId(),
    project_id: workflow.projectId,
    workflow_id: workflow.id,
    trigger_type: type,
    conditions,
    webhook_token: type === "webhook" && workflow.projectId !== null ? randomBytes(24).toString("base64url") : null,
    is_same: same[position] !== undefined,
    position,
  }));
  const gone = left.map(({ id }) => id);
  if (gone.length > 0) await sql`DELETE FROM workflow_triggers WHERE id = ANY(${gone}::uuid[])`.execute(tx);
  if (rows.length === 0) return;
  await sql`
    INSERT INTO workflow_triggers AS t (id, project_id, workflow_id, trigger_type, conditions, webhook_token, created_at)
    SELECT id, project_id, workflow_id, trigger_type, conditions, webhook_token, now() + position * interval '1 microsecond'
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, project_id uuid, workflow_id uuid, trigger_type text,
      conditions jsonb, webhook_token text, position int) ORDER BY position
    ON CONFLICT (id) DO UPDATE SET conditions = excluded.conditions, enabled = true, created_at = excluded.created_at,
      next_run_at = CASE WHEN t.conditions = excluded.conditions THEN t.next_run_at END`.execute(tx);
  const changed = rows.filter(({ trigger_type, is_same }) => trigger_type === "schedule" && !is_same);
  if (workflow.projectId === null && changed.length > 0)
    await sql`DELETE FROM project_schedules WHERE trigger_id = ANY(${changed.map(({ id }) => id)}::uuid[])`.execute(tx);
}

interface StoredTrigger {
  readonly id: string;
  readonly type: string;
  readonly conditions: unknown;
}

/** As jsonb compares: the order of keys does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
