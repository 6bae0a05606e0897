import {
  type LogLines,
  logLinesSchema,
  type MetricNames,
  type MetricSeries,
  metricNamesSchema,
  metricSeriesSchema,
  type Trace,
  traceSchema,
} from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

export interface TelemetryWindow {
  readonly project: string;
  readonly from: string;
  readonly to: string;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
}

/** Which metrics there are in a window. */
export function readMetricNames(window: TelemetryWindow, signal: AbortSignal): Promise<MetricNames> {
  return fetchJson(`/api/telemetry/metrics${queryString({ ...window })}`, metricNamesSchema, { signal });
}

export interface SeriesChoice {
  readonly metrics: readonly string[];
  /** Seconds; left out, as long as is drawn well. */
  readonly step_s?: number;
  /** `true`: only series without labels, which are not of a route or of a call. */
  readonly exact?: "true";
  readonly max?: number;
}

/** The series of some metrics in a window, with no more steps than are drawn. */
export function readSeries(
  window: TelemetryWindow,
  { metrics, max = 200, ...choice }: SeriesChoice,
  signal: AbortSignal,
): Promise<MetricSeries> {
  const query = new URLSearchParams(queryString({ ...window, ...choice, max }));
  for (const metric of metrics) query.append("metric", metric);
  return fetchJson(`/api/telemetry/series?${query}`, metricSeriesSchema, { signal });
}

export interface LogFilter {
  readonly words?: string | undefined;
  readonly severity?: string | undefined;
  readonly template_id?: string | undefined;
  readonly trace_id?: string | undefined;
}

/** The newest lines of a window, ascending. */
export function readLogs(window: TelemetryWindow, filter: LogFilter, signal: AbortSignal): Promise<LogLines> {
  const { environment: _, ...rest } = window;
  return fetchJson(`/api/telemetry/logs${queryString({ ...rest, ...filter, limit: 200 })}`, logLinesSchema, { signal });
}

/** The spans of a trace. */
export function readTrace(project: string, id: string, signal: AbortSignal): Promise<Trace> {
  return fetchJson(`/api/telemetry/traces/${encodeURIComponent(id)}${queryString({ project })}`, traceSchema, {
    signal,
  });
}
