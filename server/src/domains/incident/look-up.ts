import type { IncidentStatus } from "@culprit/contract";
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { LINE_VERSION, type SignalToStore } from "./signal-to-store.ts";

/** What joining needs to know of an incident that exists. */
export interface KnownIncident {
  readonly id: string;
  readonly status: IncidentStatus;
  /** Null for a bare failure, such as a 5xx span without an exception. */
  readonly errorType: string | null;
  /** The service that failed; known of incidents that were found by a trace or opened just now. */
  readonly service: string | null;
  /** When it was first told of, by the sender's clock. */
  readonly occurredAt: Date;
  /** When it was opened, by ours. */
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  /** False while no signal has named the service that failed. */
  readonly hasService: boolean;
  readonly occurrenceCount: number;
  readonly payloadCount: number;
  /** When a payload was last kept. */
  readonly lastPayloadAt: Date | null;
}

/** What the database knows of a batch of signals. */
export interface Known {
  /** Incidents of event ids that were acknowledged before, by `eventKey`. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Incidents that own the fingerprints, by `fingerprintKey` and by that of the line. */
  readonly byFingerprint: Map<string, KnownIncident>;
  /** Fingerprints (`fingerprintKey`) of which a line is known; asked for signals that tell theirs. */
  readonly withLines: ReadonlySet<string>;
  /** Incidents that the traces told of before, oldest first, by `traceKey`. */
  readonly byTrace: Map<string, KnownIncident[]>;
  /** How often each door told of an incident in a trace, by `traceKey` and incident. */
  readonly doorCounts: Map<string, Map<string, number>>;
}

/**
 * Asks everything about a batch in one statement. On a busy server each further one would wait for its turn of the
 * event loop, longer than it takes.
 */
export async function lookUp(tx: Transaction<DB>, items: readonly SignalToStore[]): Promise<Known> {
  const failures = distinct(items, ({ fingerprintKey }) => fingerprintKey);
  const traced = distinct(items, ({ traceKey }) => traceKey);
  const lined = distinct(items, ({ line }) => line?.key ?? null).map(atLine);
  const { rows } = await sql<FoundRow>`
    ${acknowledgedRows(items)} UNION ALL ${fingerprintRows(failures)}
    ${lined.length === 0 ? sql`` : sql`UNION ALL ${fingerprintRows(lined, "line")} UNION ALL ${withLineRows(lined)}`}
    ${traced.length === 0 ? sql`` : sql`UNION ALL ${traceRows(traced)}`}`.execute(tx);
  const acknowledged = new Map<string, string>();
  const withLines = new Set<string>();
  const known: Known = { acknowledged, withLines, byFingerprint: new Map(), byTrace: new Map(), doorCounts: new Map() };
  for (const row of rows) {
    if (row.found_by === "event") acknowledged.set(at(items, row).eventKey, row.id);
    else if (row.found_by === "fingerprint")
      known.byFingerprint.set(at(failures, row).fingerprintKey, toKnownIncident(row));
    else if (row.found_by === "line") known.byFingerprint.set(at(lined, row).fingerprintKey, toKnownIncident(row));
    else if (row.found_by === "with_line") withLines.add(at(lined, row).ownKey);
    else addTrace(known, at(traced, row).traceKey ?? "", row);
  }
  for (const incidents of known.byTrace.values()) incidents.sort((a, b) => (a.id < b.id ? -1 : 1));
  return known;
}

/** The incidents that own these fingerprints now, by `fingerprintKey`. */
export async function findByFingerprint(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
): Promise<Map<string, KnownIncident>> {
  const failures = distinct(items, ({ fingerprintKey }) => fingerprintKey);
  const { rows } = await fingerprintRows(failures).execute(tx);
  return new Map(rows.map((row) => [at(failures, row).fingerprintKey, toKnownIncident(row)]));
}

/** One item of each key, sorted by it: rows are written in this order, so that two writers never deadlock. */
export function distinct(items: readonly SignalToStore[], keyOf: (item: SignalToStore) => string | null) {
  const byKey = new Map<string, SignalToStore>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null && !byKey.has(key)) byKey.set(key, item);
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** The key under which the doors of one incident in one trace are counted. */
export function doorKey(traceKey: string, incidentId: string): string {
  return `${traceKey} ${incidentId}`;
}

interface FoundRow {
  found_by: "event" | "fingerprint" | "line" | "with_line" | "trace";
  /** Of the item that was asked for, from 1. */
  position: number;
  id: string;
  status: IncidentStatus;
  error_type: string | null;
  occurred_at: Date;
  created_at: Date;
  resolved_at: Date | null;
  has_service: boolean;
  occurrence_count: number | null;
  payload_count: number | null;
  last_payload_at: Date | null;
  service: string | null;
  door: string | null;
  event_count: number | null;
}

const knownColumns = sql`i.id, i.status, i.error_type, i.occurred_at, i.created_at, i.resolved_at, i.service_id IS NOT NULL AS has_service,
  c.occurrence_count, c.payload_count, c.last_payload_at`;

function acknowledgedRows(items: readonly SignalToStore[]): RawBuilder<FoundRow> {
  return sql<FoundRow>`SELECT 'event' AS found_by, s.position, e.incident_id AS id, NULL::varchar AS status, NULL::varchar AS error_type,
      NULL::timestamptz AS occurred_at, NULL::timestamptz AS created_at, NULL::timestamptz AS resolved_at, NULL::boolean AS has_service, NULL::bigint AS occurrence_count, NULL::int AS payload_count,
      NULL::timestamptz AS last_payload_at, NULL::varchar AS service, NULL::text AS door, NULL::int AS event_count
    FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${items.map(({ signal }) => signal.eventId)}::uuid[])
      WITH ORDINALITY AS s(project_id, event_id, position)
    JOIN event_ids e USING (project_id, event_id)`;
}

type Failure = Pick<SignalToStore, "projectId" | "signal" | "fingerprint" | "fingerprintKey">;

/** The signal under the fingerprint that it has with its line. */
function atLine({ projectId, signal, fingerprint, fingerprintKey, line }: SignalToStore) {
  return {
    ...{ projectId, signal, ownKey: fingerprintKey },
    fingerprint: line?.fingerprint ?? fingerprint,
    fingerprintKey: line?.key ?? fingerprintKey,
  };
}

/** Whether any line is known of the fingerprint that a signal has without its own. */
function withLineRows(items: readonly Failure[]): RawBuilder<FoundRow> {
  const bounds = [0, 255].map((byte) =>
    items.map(({ fingerprint: { hash } }) => Buffer.concat([hash.subarray(0, 16), Buffer.alloc(16, byte)])),
  );
  return sql<FoundRow>`SELECT 'with_line' AS found_by, s.position, f.incident_id AS id, NULL::varchar AS status, NULL::varchar AS error_type,
      NULL::timestamptz AS occurred_at, NULL::timestamptz AS created_at, NULL::timestamptz AS resolved_at, NULL::boolean AS has_service, NULL::bigint AS occurrence_count, NULL::int AS payload_count,
      NULL::timestamptz AS last_payload_at, NULL::varchar AS service, NULL::text AS door, NULL::int AS event_count
    FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${items.map(({ signal }) => signal.environment)}::text[],
      ${bounds[0]}::bytea[], ${bounds[1]}::bytea[]) WITH ORDINALITY AS s(project_id, environment, least, most, position)
    CROSS JOIN LATERAL (SELECT incident_id FROM incident_fingerprints n WHERE n.project_id = s.project_id AND n.environment = s.environment
      AND n.version = ${LINE_VERSION} AND n.fingerprint BETWEEN s.least AND s.most LIMIT 1) AS f`;
}

function fingerprintRows(items: readonly Failure[], foundBy = "fingerprint"): RawBuilder<FoundRow> {
  return sql<FoundRow>`SELECT ${sql.lit(foundBy)} AS found_by, s.position, ${knownColumns}, NULL::varchar AS service, NULL::text AS door, NULL::int AS event_count
    FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${items.map(({ signal }) => signal.environment)}::text[], ${items.map(({ fingerprint }) => fingerprint.version)}::smallint[],
      ${items.map(({ fingerprint }) => fingerprint.hash)}::bytea[]) WITH ORDINALITY AS s(project_id, environment, version, fingerprint, position)
    JOIN incident_fingerprints f USING (project_id, environment, version, fingerprint)
    JOIN incidents i ON i.id = f.incident_id
    LEFT JOIN incident_counters c ON c.incident_id = i.id`;
}

function traceRows(items: readonly SignalToStore[]): RawBuilder<FoundRow> {
  return sql<FoundRow>`SELECT 'trace' AS found_by, s.position, ${knownColumns}, n.service_name AS service, t.door, t.event_count
    FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${items.map(({ signal }) => signal.traceId)}::text[],
      ${items.map(({ signal }) => signal.environment)}::text[]) WITH ORDINALITY AS s(project_id, trace_id, environment, position)
    JOIN incident_traces t ON t.project_id = s.project_id AND t.trace_id = s.trace_id
    JOIN incidents i ON i.id = t.incident_id AND i.environment = s.environment
    LEFT JOIN services n ON n.service_id = i.service_id
    LEFT JOIN incident_counters c ON c.incident_id = i.id`;
}

function toKnownIncident(row: FoundRow): KnownIncident {
  return {
    id: row.id,
    status: row.status,
    errorType: row.error_type,
    service: row.service,
    occurredAt: row.occurred_at,
    openedAt: row.created_at,
    resolvedAt: row.resolved_at,
    hasService: row.has_service,
    occurrenceCount: row.occurrence_count ?? 0,
    payloadCount: row.payload_count ?? 0,
    lastPayloadAt: row.last_payload_at,
  };
}

/** The item that a row answers. */
function at<T>(items: readonly T[], { position }: FoundRow): T {
  const item = items[position - 1];
  if (item === undefined) throw new Error(`no item was asked for at ${position}`);
  return item;
}

function addTrace({ byTrace, doorCounts }: Known, traceKey: string, row: FoundRow): void {
  const incidents = byTrace.get(traceKey) ?? [];
  if (!incidents.some(({ id }) => id === row.id)) byTrace.set(traceKey, [...incidents, toKnownIncident(row)]);
  const key = doorKey(traceKey, row.id);
  doorCounts.set(key, (doorCounts.get(key) ?? new Map()).set(row.door ?? "", row.event_count ?? 0));
}
