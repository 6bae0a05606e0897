import type { Fault } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { Occurrence } from "./occurrence.ts";
import type { SignalToStore } from "./signal-to-store.ts";

type FaultToStore = SignalToStore & { readonly signal: { readonly fault: Fault } };

/** Names a fault within all projects. */
const keyOf = ({ projectId, signal }: FaultToStore) => `${projectId} ${signal.fault.faultId}`;

function faultsOf(items: readonly SignalToStore[]): readonly FaultToStore[] {
  return items.filter((item): item is FaultToStore => item.signal.fault !== undefined);
}

/**
 * Makes the row of each fault id that has none, with the values of its first receipt; a row that is there keeps its own.
 * To be called before an incident names the fault. @returns the faults that are new: their first receipt is no repeat.
 */
export async function storeFaults(tx: Transaction<DB>, items: readonly SignalToStore[]): Promise<ReadonlySet<string>> {
  const first = new Map<string, FaultToStore>();
  for (const item of faultsOf(items)) if (!first.has(keyOf(item))) first.set(keyOf(item), item);
  if (first.size === 0) return new Set();
  const rows = [...first.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { projectId, signal, receivedAt }], position) => ({ position, projectId, receivedAt, ...signal.fault }));
  const { rows: made } = await sql<{ key: string }>`
    INSERT INTO fault_events (project_id, fault_id, subscription_id, cluster, received_at, last_received_at, resource_api_version,
      resource_kind, resource_name, resource_namespace, resource_uid, fault_type, severity, context, timestamp)
    SELECT "projectId", "faultId", "subscriptionId", cluster, "receivedAt", "receivedAt", resource ->> 'apiVersion', resource ->> 'kind',
      resource ->> 'name', resource ->> 'namespace', resource ->> 'uid', "faultType", severity, context, timestamp
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(position int, "projectId" uuid, "faultId" text, "subscriptionId" text,
      cluster text, "receivedAt" timestamptz, resource jsonb, "faultType" text, severity text, context text, timestamp timestamptz)
    ORDER BY position ON CONFLICT DO NOTHING RETURNING concat_ws(' ', project_id, fault_id) AS key`.execute(tx);
  return new Set(made.map(({ key }) => key));
}

/** Counts receipts that were not counted before; the first one of a new fault is not a repeat of it. */
export async function countFaults(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
  isNew: ReadonlySet<string>,
): Promise<void> {
  const counts = new Map<string, { projectId: string; faultId: string; repeats: number; lastAt: Date }>();
  for (const item of faultsOf(items)) {
    const key = keyOf(item);
    const { projectId, receivedAt, signal } = item;
    const before = counts.get(key);
    const repeats = (before?.repeats ?? (isNew.has(key) ? -1 : 0)) + 1;
    const lastAt = before !== undefined && before.lastAt > receivedAt ? before.lastAt : receivedAt;
    counts.set(key, { projectId, faultId: signal.fault.faultId, repeats, lastAt });
  }
  if (counts.size === 0) return;
  await sql`
    WITH s AS MATERIALIZED (
      SELECT r.* FROM jsonb_to_recordset(${JSON.stringify([...counts.values()])}::jsonb)
        AS r("projectId" uuid, "faultId" text, repeats int, "lastAt" timestamptz)
      JOIN fault_events f ON f.project_id = r."projectId" AND f.fault_id = r."faultId"
      ORDER BY f.project_id, f.fault_id FOR NO KEY UPDATE OF f
    )
    UPDATE fault_events f SET repeat_count = f.repeat_count + s.repeats, last_received_at = greatest(f.last_received_at, s."lastAt")
    FROM s WHERE f.project_id = s."projectId" AND f.fault_id = s."faultId"`.execute(tx);
}

/** Raises incidents to the highest severity that a receipt of their fault or alert had; it never falls. */
export async function raiseSeverities(tx: Transaction<DB>, occurrences: readonly Occurrence[]): Promise<void> {
  const rows = occurrences
    .filter(({ item }) => item.signal.fault !== undefined || item.signal.door === "alert")
    .map(({ item, incident }) => ({ id: incident.id, severity: item.signal.severity }));
  if (rows.length === 0) return;
  const rank = (column: string) => sql`array_position(ARRAY['critical', 'high', 'medium', 'low'], ${sql.ref(column)})`;
  await sql`
    WITH highest AS (
      SELECT DISTINCT ON (id) id, severity FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, severity text)
      ORDER BY id, ${rank("severity")}
    ), raised AS MATERIALIZED (
      SELECT h.* FROM highest h JOIN incidents i ON i.id = h.id WHERE ${rank("h.severity")} < ${rank("i.severity")}
      ORDER BY i.id FOR NO KEY UPDATE OF i
    )
    UPDATE incidents i SET severity = r.severity FROM raised r WHERE i.id = r.id`.execute(tx);
}
