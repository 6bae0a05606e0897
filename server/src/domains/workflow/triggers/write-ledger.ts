import { sql, type Transaction } from "kysely";
import { storableJson, storableText } from "../../../platform/db/storable-json.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";

export interface LedgerRow {
  readonly projectId: string;
  readonly workflowId: string;
  readonly triggerId: string | null;
  readonly eventId: string | null;
  readonly executionId: string | null;
  readonly outcome: "ran" | "did_not_run";
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An event that did not concern a workflow at all. */
export interface Unconcerned {
  readonly projectId: string;
  readonly workflowId: string;
  readonly eventType: string;
  readonly at: Date;
}

const REASON_MAX = 2_000;

/** Writes what ran and what did not, by one statement. */
export async function writeLedger(tx: Transaction<DB>, entries: readonly LedgerRow[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    ...entry,
    id: newId(),
    reason: storableText(entry.reason.slice(0, REASON_MAX)),
    details: storableJson(entry.details),
  }));
  await sql`
    INSERT INTO trigger_ledger (ledger_id, project_id, workflow_id, trigger_id, event_id, execution_id, outcome, reason, details)
    SELECT id, "projectId", "workflowId", "triggerId", "eventId", "executionId", outcome, reason, details
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, "projectId" uuid, "workflowId" uuid, "triggerId" uuid,
      "eventId" uuid, "executionId" uuid, outcome text, reason text, details jsonb)`.execute(tx);
}

/** Counts what concerned nobody, by workflow, kind of event and hour; by one statement, in the order of the key. */
export async function countUnconcerned(tx: Transaction<DB>, events: readonly Unconcerned[]): Promise<void> {
  if (events.length === 0) return;
  const counts = new Map<string, Omit<Unconcerned, "at"> & { hour: string; count: number }>();
  for (const { at, ...event } of events) {
    const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000).toISOString();
    const key = [event.projectId, event.workflowId, event.eventType, hour].join("\n");
    counts.set(key, { ...event, hour, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  await sql`
    INSERT INTO trigger_counts (project_id, workflow_id, event_type, hour, count)
    SELECT "projectId", "workflowId", "eventType", hour, count
    FROM jsonb_to_recordset(${JSON.stringify([...counts.values()])}::jsonb)
      AS r("projectId" uuid, "workflowId" uuid, "eventType" text, hour timestamptz, count bigint) ORDER BY 1, 2, 3, 4
    ON CONFLICT (project_id, workflow_id, event_type, hour) DO UPDATE SET count = trigger_counts.count + excluded.count`.execute(
    tx,
  );
}
