import type { IncidentStatus } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { SignalToStore } from "./signal-to-store.ts";

/** What joining needs to know of an incident that exists. */
export interface KnownIncident {
  readonly id: string;
  readonly status: IncidentStatus;
  /** Null for a bare failure, such as a 5xx span without an exception. */
  readonly errorType: string | null;
  readonly resolvedAt: Date | null;
  /** False while no signal has named the service that failed. */
  readonly hasService: boolean;
  readonly occurrenceCount: number;
  readonly payloadCount: number;
  /** When a payload was last kept. */
  readonly lastPayloadAt: Date | null;
}

interface KnownRow {
  id: string;
  status: IncidentStatus;
  error_type: string | null;
  resolved_at: Date | null;
  has_service: boolean;
  occurrence_count: string | null;
  payload_count: number | null;
  last_payload_at: Date | null;
}

export const knownColumns = sql`i.id, i.status, i.error_type, i.resolved_at, i.service_id IS NOT NULL AS has_service, c.occurrence_count, c.payload_count, c.last_payload_at`;

export function toKnownIncident(row: KnownRow): KnownIncident {
  return {
    id: row.id,
    status: row.status,
    errorType: row.error_type,
    resolvedAt: row.resolved_at,
    hasService: row.has_service,
    occurrenceCount: Number(row.occurrence_count ?? 0),
    payloadCount: row.payload_count ?? 0,
    lastPayloadAt: row.last_payload_at,
  };
}

/** The incidents of event ids that were acknowledged before, by `eventKey`. */
export async function findAcknowledged(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ project_id: string; event_id: string; incident_id: string }>`
    SELECT e.project_id, replace(e.event_id::text, '-', '') AS event_id, e.incident_id
    FROM event_ids e
    JOIN unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${items.map(({ signal }) => signal.eventId)}::uuid[]) AS s(project_id, event_id)
      USING (project_id, event_id)`.execute(tx);
  return new Map(rows.map((row) => [`${row.project_id} ${row.event_id}`, row.incident_id]));
}

/** The incidents that own the signals' fingerprints, by `fingerprintKey`. */
export async function findByFingerprint(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
): Promise<Map<string, KnownIncident>> {
  const wanted = distinctFingerprints(items);
  const { rows } = await sql<KnownRow & { key: string }>`
    SELECT s.key, ${knownColumns}
    FROM ${fingerprintRows(wanted)} AS s(key, project_id, environment, version, fingerprint)
    JOIN incident_fingerprints f USING (project_id, environment, version, fingerprint)
    JOIN incidents i ON i.id = f.incident_id
    LEFT JOIN incident_counters c ON c.incident_id = i.id`.execute(tx);
  return new Map(rows.map((row) => [row.key, toKnownIncident(row)]));
}

/** The incidents that the signals' traces told of before, oldest first, by `traceKey`. */
export async function findByTrace(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
): Promise<Map<string, KnownIncident[]>> {
  const traced = items.filter(({ signal }) => signal.traceId !== null);
  const found = new Map<string, KnownIncident[]>();
  if (traced.length === 0) return found;
  const { rows } = await sql<KnownRow & { key: string }>`
    SELECT DISTINCT ON (s.key, i.id) s.key, ${knownColumns}
    FROM (SELECT DISTINCT * FROM unnest(${traced.map(traceKey)}::text[], ${traced.map(({ projectId }) => projectId)}::uuid[],
      ${traced.map(({ signal }) => signal.traceId)}::text[], ${traced.map(({ signal }) => signal.environment)}::text[])) AS s(key, project_id, trace_id, environment)
    JOIN incident_traces t ON t.project_id = s.project_id AND t.trace_id = s.trace_id
    JOIN incidents i ON i.id = t.incident_id AND i.environment = s.environment
    LEFT JOIN incident_counters c ON c.incident_id = i.id
    ORDER BY s.key, i.id`.execute(tx);
  for (const row of rows) found.set(row.key, [...(found.get(row.key) ?? []), toKnownIncident(row)]);
  return found;
}

/** One item of each fingerprint, sorted by key: rows are written in this order, so that two writers never deadlock. */
export function distinctFingerprints(items: readonly SignalToStore[]): SignalToStore[] {
  const byKey = new Map<string, SignalToStore>();
  for (const item of items) if (!byKey.has(fingerprintKey(item))) byKey.set(fingerprintKey(item), item);
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** `(key, project_id, environment, version, fingerprint)` rows of the items, in their order. */
export function fingerprintRows(items: readonly SignalToStore[]) {
  return sql`unnest(${items.map(fingerprintKey)}::text[], ${items.map(({ projectId }) => projectId)}::uuid[],
    ${items.map(({ signal }) => signal.environment)}::text[], ${items.map(({ fingerprint }) => fingerprint.version)}::smallint[],
    ${items.map(({ fingerprint }) => fingerprint.hash)}::bytea[])`;
}

/** Names a failure within all projects and environments: the same key is the same incident. */
export function fingerprintKey(item: SignalToStore): string {
  return `${item.projectId} ${item.signal.environment} ${item.fingerprint.version} ${item.fingerprint.hash.toString("hex")}`;
}

/** Names a trace within all projects and environments; never joins across environments. */
export function traceKey(item: SignalToStore): string {
  return `${item.projectId} ${item.signal.environment} ${item.signal.traceId}`;
}
