import { hash } from "node:crypto";
import type { SpanRecord } from "@culprit/contract";
import type { AnomalyFeature, StoredLog, StoredTelemetry } from "../../domains/telemetry/index.ts";
import { storableText } from "../../platform/db/storable-json.ts";

const BODY_MAX = 32_768;

/** As ClickHouse reads it without guessing: `2026-03-05 10:00:00.123`. */
export function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace("T", " ");
}

/** A sample as a row of metric_points; its labels are sorted, so that equal ones are equal. */
export function pointRow(projectId: string, sample: StoredTelemetry["metrics"][number]): object {
  return {
    ts: dateTime(sample.atMs),
    service_key: storableText(sample.serviceKey),
    metric_name: storableText(sample.metric),
    value: sample.value,
    labels: sortedLabels(sample.labels),
    project_id: projectId,
    environment: storableText(sample.environment),
    kind: sample.kind,
    unit: storableText(sample.unit ?? ""),
  };
}

export function sortedLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(labels).map(([name, value]) => [storableText(name), storableText(value)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A span as a row. What is nested is JSON as text, so that numbers and truths stay what they are. */
export function spanRow(projectId: string, span: SpanRecord): object {
  return {
    ts: dateTime(span.startMs),
    project_id: projectId,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? "",
    service_key: storableText(span.serviceKey),
    environment: storableText(span.environment),
    name: storableText(span.name),
    kind: span.kind,
    duration_ms: Math.max(0, span.durationMs),
    status_code: span.status,
    route: span.route === null ? null : storableText(span.route),
    http_status: span.httpStatus,
    peer: span.peer === null ? "" : json(span.peer),
    attributes: json(span.attributes),
    events: json(span.events),
  };
}

/** Log lines as rows; two equal lines of one batch are two, a batch that is sent again is the same. */
export function logRows(logs: readonly { readonly projectId: string; readonly record: StoredLog }[]): object[] {
  const seen = new Map<string, number>();
  return logs.map(({ projectId, record }) => {
    const row = {
      ts: dateTime(record.atMs),
      project_id: projectId,
      service_key: storableText(record.serviceKey),
      environment: storableText(record.environment),
      severity: record.severity,
      body: storableText(record.body.slice(0, BODY_MAX)),
      trace_id: record.traceId ?? "",
      span_id: record.spanId ?? "",
      attributes: json(record.attributes),
    };
    const text = JSON.stringify(row);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return {
      ...row,
      template_id: record.templateId ?? "",
      record_id: hash("md5", times === 1 ? text : text + times, "hex"),
    };
  });
}

export function featureRow(feature: AnomalyFeature): object {
  return {
    incident_id: feature.incidentId,
    ts: dateTime(feature.atMs),
    service_key: storableText(feature.serviceKey),
    feature_name: storableText(feature.name),
    feature_value: feature.value,
    project_id: feature.projectId,
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, one) => {
    if (typeof one === "string") return storableText(one);
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [storableText(key), inner]));
  });
}
