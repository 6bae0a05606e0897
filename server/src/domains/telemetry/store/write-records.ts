import { hash } from "node:crypto";
import type { SpanRecord } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { AnomalyFeature, StoredLog } from "../telemetry-port.ts";
import { storableRows } from "./storable-rows.ts";

/** A record and whose it is. */
export interface Own<T> {
  readonly projectId: string;
  readonly record: T;
}

const BODY_MAX = 32_768;

/** Writes spans; one that stands already is not written again. Partitions of their days must be there. */
export async function writeSpans(tx: Transaction<DB>, spans: readonly Own<SpanRecord>[]): Promise<void> {
  if (spans.length === 0) return;
  const rows = spans.map(({ projectId, record }) => ({
    project_id: projectId,
    ts: new Date(record.startMs),
    trace_id: record.traceId,
    span_id: record.spanId,
    parent_span_id: record.parentSpanId,
    service_key: record.serviceKey,
    environment: record.environment,
    name: record.name,
    kind: record.kind,
    duration_ms: Math.max(0, record.durationMs),
    status_code: record.status,
    route: record.route,
    http_status: record.httpStatus,
    peer: record.peer,
    attributes: record.attributes,
    events: record.events,
  }));
  await sql`
    insert into spans (project_id, ts, trace_id, span_id, parent_span_id, service_key, environment, name, kind, duration_ms, status_code,
      route, http_status, peer, attributes, events)
    select project_id, ts, trace_id, span_id, parent_span_id, service_key, environment, name, kind, duration_ms, status_code,
      route, http_status, nullif(peer, 'null'), attributes, events
    from json_to_recordset(${storableRows(rows)}::json) as r(project_id uuid, ts timestamptz, trace_id text, span_id text, parent_span_id text,
      service_key text, environment text, name text, kind text, duration_ms float8, status_code text, route text, http_status smallint,
      peer jsonb, attributes jsonb, events jsonb)
    order by project_id, trace_id, span_id
    on conflict (project_id, trace_id, span_id, ts) do nothing`.execute(tx);
}

/** Writes log lines; a batch that is sent again is not written again, two equal lines of one batch are two. */
export async function writeLogs(tx: Transaction<DB>, logs: readonly Own<StoredLog>[]): Promise<void> {
  if (logs.length === 0) return;
  const seen = new Map<string, number>();
  const rows = logs.map(({ projectId, record }) => {
    const row = {
      project_id: projectId,
      ts: new Date(record.atMs),
      service_key: record.serviceKey,
      environment: record.environment,
      severity: record.severity,
      body: record.body.slice(0, BODY_MAX),
      trace_id: record.traceId,
      span_id: record.spanId,
      attributes: record.attributes,
    };
    const text = JSON.stringify(row);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return { ...row, template_id: record.templateId, record_id: hash("md5", times === 1 ? text : text + times, "hex") };
  });
  await sql`
    insert into log_records (project_id, ts, service_key, environment, severity, body, trace_id, span_id, attributes, template_id, record_id)
    select project_id, ts, service_key, environment, severity, body, trace_id, span_id, attributes, template_id, record_id
    from json_to_recordset(${storableRows(rows)}::json) as r(project_id uuid, ts timestamptz, service_key text, environment text, severity text,
      body text, trace_id text, span_id text, attributes jsonb, template_id text, record_id uuid)
    order by project_id, ts, record_id
    on conflict (project_id, ts, record_id) do nothing`.execute(tx);
}

/** Writes features of incidents; one that stands already is not written again. */
export async function writeFeatures(tx: Transaction<DB>, features: readonly AnomalyFeature[]): Promise<void> {
  if (features.length === 0) return;
  const rows = features.map(({ incidentId, projectId, atMs, serviceKey, name, value }) => ({
    incident_id: incidentId,
    project_id: projectId,
    ts: new Date(atMs),
    service_key: serviceKey,
    feature_name: name,
    feature_value: value,
  }));
  await sql`
    insert into anomaly_features (incident_id, project_id, ts, service_key, feature_name, feature_value)
    select incident_id, project_id, ts, service_key, feature_name, feature_value
    from json_to_recordset(${storableRows(rows)}::json) as r(incident_id uuid, project_id uuid, ts timestamptz, service_key text,
      feature_name text, feature_value float8)
    order by incident_id, feature_name, ts, service_key
    on conflict (incident_id, feature_name, ts, service_key) do nothing`.execute(tx);
}
