import { z } from "zod";
import { logSeverities, metricKinds, spanKinds } from "./telemetry.ts";

/*
 * Reading telemetry: `GET /api/telemetry/metrics`, `/series`, `/logs`, `/traces/:id`, and `GET /api/evidence/:id/reopen`. Every answer is of one
 * project, of a window of time, and bounded; instants in a query are ISO 8601, in columns milliseconds since 1970.
 */

const instant = z.iso.datetime({ offset: true });
/** A name given once or more than once: `?service=a&service=b`. */
const names = z
  .union([z.string().max(500), z.array(z.string().max(500)).max(200)])
  .transform((one) => (typeof one === "string" ? [one] : one))
  .optional();
/** Without `to` the window ends now, without `from` it is an hour long. */
const windowQuery = { project: z.string().optional(), from: instant.optional(), to: instant.optional() };
const labels = z.record(z.string(), z.string());
const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Query of `GET /api/telemetry/metrics`: which metrics there are. */
export const metricNamesQuerySchema = z.strictObject({
  ...windowQuery,
  service: names,
  environment: z.string().max(200).optional(),
});
export const metricNamesSchema = z.object({
  items: z.array(
    z.object({
      service_key: z.string(),
      metric: z.string(),
      kind: z.enum(metricKinds),
      unit: z.string().nullable(),
      series: z.number().int(),
    }),
  ),
  /** Whether there are more series than were looked at. */
  is_cut: z.boolean(),
});
export type MetricNames = z.infer<typeof metricNamesSchema>;

const seriesQuery = {
  ...windowQuery,
  service: names,
  metric: names,
  environment: z.string().max(200).optional(),
  /** The labels that are given and no others; without any, the series that have none. */
  exact: z.stringbool().default(false),
  /** Seconds; chosen so that there are up to 240 steps where it is left out, never more than 2,000. */
  step_s: z.coerce.number().int().min(1).max(86_400).optional(),
  max: z.coerce.number().int().min(1).max(1000).default(50),
};
/** Query of `GET /api/telemetry/series`. Labels are `label.NAME=value`. */
export const metricSeriesQuerySchema = z
  .object(seriesQuery)
  .catchall(z.unknown())
  .superRefine((query, ctx) => {
    const unknown = Object.keys(query).find((key) => !(key in seriesQuery) && !key.startsWith("label."));
    if (unknown === undefined) return;
    const message = `has unknown key ${JSON.stringify(unknown)}; it takes ${Object.keys(seriesQuery).join(", ")} and label.NAME`;
    ctx.addIssue({ code: "custom", message });
  });
const oneSeries = z.object({
  service_key: z.string(),
  environment: z.string(),
  metric: z.string(),
  kind: z.enum(metricKinds),
  unit: z.string().nullable(),
  labels,
  /** Beginnings of steps that hold a value, and the values: of gauges their mean, of counters and deltas the growth a second. */
  times: z.array(z.number()),
  values: z.array(z.number()),
  ref: z.string(),
});
export const metricSeriesSchema = z.object({ step_s: z.number(), items: z.array(oneSeries) });
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

/** Query of `GET /api/telemetry/logs`: the newest lines of the window, ascending. */
export const logQuerySchema = z.strictObject({
  ...windowQuery,
  service: names,
  severity: z.enum(logSeverities).optional(),
  trace_id: z.string().max(32).optional(),
  template_id: z.string().max(100).optional(),
  /** Words that a line must hold, all of them. */
  words: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const logLinesSchema = z.object({
  items: z.array(
    z.object({
      at: instant,
      service_key: z.string(),
      environment: z.string(),
      severity: z.enum(logSeverities),
      body: z.string(),
      trace_id: z.string().nullable(),
      span_id: z.string().nullable(),
      template_id: z.string().nullable(),
      attributes,
    }),
  ),
  ref: z.string(),
});
export type LogLines = z.infer<typeof logLinesSchema>;

/** Answer of `GET /api/telemetry/traces/:id`: its spans, ascending, up to 10,000. */
export const traceSchema = z.object({
  trace_id: z.string(),
  spans: z.array(
    z.object({
      span_id: z.string(),
      parent_span_id: z.string().nullable(),
      service_key: z.string(),
      environment: z.string(),
      name: z.string(),
      kind: z.enum(spanKinds),
      at: instant,
      duration_ms: z.number(),
      status: z.enum(["unset", "ok", "error"]),
      route: z.string().nullable(),
      http_status: z.number().nullable(),
      peer: z.object({ kind: z.string(), name: z.string(), engine: z.string().nullable() }).nullable(),
      attributes,
      events: z.array(z.object({ name: z.string(), at: instant, attributes })),
    }),
  ),
  ref: z.string(),
});
export type Trace = z.infer<typeof traceSchema>;

/** Answer of `GET /api/evidence/:id/reopen`: what the reference of a piece of evidence shows now, beside the snapshot of then. */
export const reopenedEvidenceSchema = z.object({
  evidence_id: z.string(),
  ref: z.string(),
  /** Which engine was asked; null where the reference is none of an engine of telemetry. */
  engine: z.enum(["postgres", "clickhouse"]).nullable(),
  /** The rows as text; null where retention took them, or nothing of it can be opened again. */
  text: z.string().nullable(),
  /** Where it is of metrics: the same to draw, ten series at most. */
  series: z.array(oneSeries),
  snapshot: z.string(),
});
export type ReopenedEvidence = z.infer<typeof reopenedEvidenceSchema>;
