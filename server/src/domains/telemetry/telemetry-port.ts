import type { LogRecord, LogSeverity, MetricKind, MetricSample, SpanRecord } from "@culprit/contract";
import type { EngineCheck } from "../../platform/engines/engine-check.ts";

/*
 * Where telemetry is kept. The embedded database and ClickHouse both pass `telemetry-conformance.ts`. Every read is of one
 * project, bounded in time and rows, and has a `ref` by which the same is read again.
 */

/** Records of one project, already sampled and scrubbed. */
export interface StoredTelemetry {
  readonly projectId: string;
  readonly metrics: readonly MetricSample[];
  readonly spans: readonly SpanRecord[];
  readonly logs: readonly (LogRecord & { readonly templateId: string | null })[];
}

/** A time window, milliseconds since 1970, `fromMs` included and `toMs` excluded. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface SeriesQuery extends TimeWindow {
  readonly projectId: string;
  readonly environment?: string | undefined;
  /** All of them where left out. */
  readonly serviceKeys?: readonly string[] | undefined;
  readonly metrics?: readonly string[] | undefined;
  /** Labels that must have just these values. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Length of a step in milliseconds: gauges give their mean in it, counters and deltas their growth a second. */
  readonly stepMs: number;
  readonly seriesMax: number;
}

export interface StoredSeries {
  readonly serviceKey: string;
  readonly environment: string;
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Beginnings of the steps that hold a value, ascending, and their values. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly ref: string;
}

export interface SpanQuery extends TimeWindow {
  readonly projectId: string;
  readonly serviceKeys?: readonly string[] | undefined;
  readonly onlyErrors?: boolean | undefined;
  readonly limit: number;
}

export interface LogQuery extends TimeWindow {
  readonly projectId: string;
  readonly serviceKeys?: readonly string[] | undefined;
  readonly severityMin?: LogSeverity | undefined;
  readonly traceId?: string | undefined;
  readonly templateId?: string | undefined;
  /** Words that the body must hold. */
  readonly words?: string | undefined;
  readonly limit: number;
}

/** How unusual something was around an incident (`anomaly_features`). */
export interface AnomalyFeature {
  readonly incidentId: string;
  readonly projectId: string;
  readonly atMs: number;
  readonly serviceKey: string;
  readonly name: string;
  readonly value: number;
}

export interface TelemetryStore {
  readonly engine: "postgres" | "clickhouse";
  /** Durable when it returns. The same batch written twice stores its series' values once. */
  write(batches: readonly StoredTelemetry[]): Promise<void>;
  writeFeatures(features: readonly AnomalyFeature[]): Promise<void>;
  readSeries(query: SeriesQuery): Promise<readonly StoredSeries[]>;
  /** Names of what there is in the window: each metric of each service, with the number of its series. */
  listSeries(
    query: Omit<SeriesQuery, "stepMs">,
  ): Promise<readonly { serviceKey: string; metric: string; series: number }[]>;
  readSpans(query: SpanQuery): Promise<readonly SpanRecord[]>;
  readTrace(projectId: string, traceId: string): Promise<readonly SpanRecord[]>;
  readLogs(query: LogQuery): Promise<readonly (LogRecord & { templateId: string | null })[]>;
  readFeatures(projectId: string, incidentId: string): Promise<readonly AnomalyFeature[]>;
  /** The rows behind a `ref` that this engine gave, as text to show, or null where retention took them. */
  reopen(projectId: string, ref: string): Promise<string | null>;
  /** Down-samples and drops what is older than its tier keeps. */
  maintain(now: Date): Promise<void>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}
