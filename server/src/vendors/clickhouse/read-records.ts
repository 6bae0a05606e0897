import type { SpanRecord } from "@culprit/contract";
import type { AnomalyFeature, LogQuery, SpanQuery, StoredLog } from "../../domains/telemetry/index.ts";
import type { ClickHouse } from "./clickhouse-client.ts";
import { type Conditions, logConditions, MS, spanConditions } from "./conditions.ts";

const TRACE_SPANS_MAX = 10_000;

type SpanRow = Omit<SpanRecord, "peer" | "attributes" | "events"> & Record<"peer" | "attributes" | "events", string>;
type LogRow = Omit<StoredLog, "attributes"> & { readonly attributes: string };

/** The newest spans of the window that the query asks for, ascending. */
export async function readSpans(clickhouse: ClickHouse, query: SpanQuery): Promise<SpanRecord[]> {
  return selectSpans(clickhouse, spanConditions(query), "DESC", query.limit).then((spans) => spans.reverse());
}

/** The spans of a trace, ascending. */
export function readTrace(clickhouse: ClickHouse, projectId: string, traceId: string): Promise<SpanRecord[]> {
  const where = "project_id = {project:UUID} AND trace_id = {trace:String}";
  return selectSpans(clickhouse, { where, params: { project: projectId, trace: traceId } }, "ASC", TRACE_SPANS_MAX);
}

async function selectSpans(
  clickhouse: ClickHouse,
  { where, params }: Conditions,
  order: "ASC" | "DESC",
  limit: number,
): Promise<SpanRecord[]> {
  const rows = await clickhouse.rows<SpanRow>(
    `SELECT service_key AS serviceKey, environment, trace_id AS traceId, span_id AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name,
       kind, ${MS("ts")} AS startMs, duration_ms AS durationMs, status_code AS status, route, http_status AS httpStatus, peer, attributes, events
     FROM spans WHERE ${where} ORDER BY ts ${order}, span_id LIMIT 1 BY trace_id, span_id LIMIT {max:UInt32}`,
    { ...params, max: limit },
  );
  return rows.map((row) => ({
    ...row,
    peer: row.peer === "" ? null : JSON.parse(row.peer),
    attributes: JSON.parse(row.attributes),
    events: JSON.parse(row.events),
  }));
}

/** The newest log lines of the window that the query asks for, ascending. */
export async function readLogs(clickhouse: ClickHouse, query: LogQuery): Promise<StoredLog[]> {
  const { where, params } = logConditions(query);
  const rows = await clickhouse.rows<LogRow>(
    `SELECT service_key AS serviceKey, environment, ${MS("ts")} AS atMs, severity, body, nullIf(trace_id, '') AS traceId,
       nullIf(span_id, '') AS spanId, attributes, nullIf(template_id, '') AS templateId
     FROM log_records WHERE ${where} ORDER BY ts DESC, record_id LIMIT 1 BY record_id LIMIT {max:UInt32}`,
    { ...params, max: query.limit },
  );
  return rows.map((row) => ({ ...row, attributes: JSON.parse(row.attributes) })).reverse();
}

/** The features of an incident, ascending. */
export async function readFeatures(
  clickhouse: ClickHouse,
  projectId: string,
  incidentId: string,
): Promise<readonly AnomalyFeature[]> {
  return clickhouse.rows<AnomalyFeature>(
    `SELECT incident_id AS incidentId, project_id AS projectId, ${MS("ts")} AS atMs, service_key AS serviceKey, feature_name AS name,
       feature_value AS value
     FROM anomaly_features WHERE incident_id = {incident:String} AND project_id = {project:UUID}
     ORDER BY ts, feature_name, service_key LIMIT 1 BY ts, feature_name, service_key`,
    { incident: incidentId, project: projectId },
  );
}
