import { type LogRecord, logSeverities, type SpanRecord } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { AnomalyFeature, LogQuery, SpanQuery, StoredLog } from "../telemetry-port.ts";
import { wordsOf } from "../words-of.ts";

const TRACE_SPANS_MAX = 10_000;

type SpanRow = Omit<SpanRecord, "startMs"> & { readonly ts: Date };
type LogRow = Omit<LogRecord, "atMs"> & { readonly ts: Date; readonly templateId: string | null };

const SPAN = sql`ts, trace_id as "traceId", span_id as "spanId", parent_span_id as "parentSpanId", service_key as "serviceKey", environment,
  name, kind, duration_ms as "durationMs", status_code as status, route, http_status as "httpStatus", peer, attributes, events`;
const LOG = sql`ts, service_key as "serviceKey", environment, severity, body, trace_id as "traceId", span_id as "spanId", attributes,
  template_id as "templateId"`;

/** The newest spans of the window that the query asks for, ascending. */
export async function readSpans(db: Kysely<DB>, query: SpanQuery): Promise<SpanRecord[]> {
  const parts = inWindow(query);
  if (query.onlyErrors === true) parts.push(sql`status_code = 'error'`);
  const { rows } = await sql<SpanRow>`
    select ${SPAN} from spans where ${sql.join(parts, sql` and `)} order by ts desc limit ${query.limit}`.execute(db);
  return rows.reverse().map(spanOf);
}

/** The spans of a trace, ascending. */
export async function readTrace(db: Kysely<DB>, projectId: string, traceId: string): Promise<SpanRecord[]> {
  const { rows } = await sql<SpanRow>`
    select ${SPAN} from spans where project_id = ${projectId} and trace_id = ${traceId} order by ts limit ${TRACE_SPANS_MAX}`.execute(
    db,
  );
  return rows.map(spanOf);
}

/** The newest log lines of the window that the query asks for, ascending. */
export async function readLogs(db: Kysely<DB>, query: LogQuery): Promise<StoredLog[]> {
  const parts = inWindow(query);
  const { severityMin, traceId, templateId, words } = query;
  if (severityMin !== undefined) {
    const severities = logSeverities.slice(logSeverities.indexOf(severityMin));
    parts.push(sql`severity = any(${[...severities]}::text[])`);
  }
  if (traceId !== undefined) parts.push(sql`trace_id = ${traceId}`);
  if (templateId !== undefined) parts.push(sql`template_id = ${templateId}`);
  const asked = wordsOf(words ?? "");
  if (asked.length > 0) parts.push(sql`log_words(body) @@ plainto_tsquery('simple', ${asked.join(" ")})`);
  const { rows } = await sql<LogRow>`
    select ${LOG} from log_records where ${sql.join(parts, sql` and `)} order by ts desc, record_id limit ${query.limit}`.execute(
    db,
  );
  return rows.reverse().map(({ ts, ...row }) => ({ ...row, atMs: ts.getTime() }));
}

/** The features of an incident, ascending. */
export async function readFeatures(db: Kysely<DB>, projectId: string, incidentId: string): Promise<AnomalyFeature[]> {
  const { rows } = await sql<Omit<AnomalyFeature, "atMs"> & { ts: Date }>`
    select incident_id as "incidentId", project_id as "projectId", ts, service_key as "serviceKey", feature_name as name, feature_value as value
    from anomaly_features where incident_id = ${incidentId} and project_id = ${projectId} order by ts, feature_name, service_key`.execute(
    db,
  );
  return rows.map(({ ts, ...row }) => ({ ...row, atMs: ts.getTime() }));
}

/** Where a walk over all records stands; times as text, because a Date has no microseconds. */
export interface RecordPlace {
  readonly at: string;
  readonly id: string;
}

export interface RecordPage<T> {
  readonly records: readonly T[];
  /** Null on the last page. */
  readonly next: RecordPlace | null;
}

/** The spans of a project, page by page, in the order of their time. */
export async function readSpansAfter(
  db: Kysely<DB>,
  projectId: string,
  after: RecordPlace | null,
  limit: number,
): Promise<RecordPage<SpanRecord>> {
  const beyond = after === null ? sql`true` : sql`(ts, trace_id || span_id) > (${after.at}::timestamptz, ${after.id})`;
  const { rows } = await sql<SpanRow & { readonly place: string }>`
    select ${SPAN}, ts::text as place from spans where project_id = ${projectId} and ${beyond}
    order by ts, trace_id || span_id limit ${limit}`.execute(db);
  const last = rows.at(-1);
  const next = last === undefined || rows.length < limit ? null : { at: last.place, id: last.traceId + last.spanId };
  return { records: rows.map(({ place: _, ...row }) => spanOf(row)), next };
}

/** The log lines of a project, page by page, in the order of their time. */
export async function readLogsAfter(
  db: Kysely<DB>,
  projectId: string,
  after: RecordPlace | null,
  limit: number,
): Promise<RecordPage<StoredLog>> {
  const beyond = after === null ? sql`true` : sql`(ts, record_id) > (${after.at}::timestamptz, ${after.id}::uuid)`;
  const { rows } = await sql<LogRow & { readonly place: string; readonly recordId: string }>`
    select ${LOG}, ts::text as place, record_id as "recordId" from log_records where project_id = ${projectId} and ${beyond}
    order by ts, record_id limit ${limit}`.execute(db);
  const last = rows.at(-1);
  const next = last === undefined || rows.length < limit ? null : { at: last.place, id: last.recordId };
  return { records: rows.map(({ ts, place: _, recordId: __, ...row }) => ({ ...row, atMs: ts.getTime() })), next };
}

function inWindow({ projectId, fromMs, toMs, serviceKeys }: SpanQuery | LogQuery): RawBuilder<unknown>[] {
  const parts = [sql`project_id = ${projectId}`, sql`ts >= ${new Date(fromMs)}`, sql`ts < ${new Date(toMs)}`];
  if (serviceKeys !== undefined) parts.push(sql`service_key = any(${[...serviceKeys]}::text[])`);
  return parts;
}

function spanOf({ ts, ...row }: SpanRow): SpanRecord {
  return { ...row, startMs: ts.getTime() };
}
