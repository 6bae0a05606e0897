import type { LogRecord, LogSeverity, MetricKind, MetricSample, SpanRecord } from "@culprit/contract";
import type { Tenant } from "../../platform/db/open-database.ts";
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
  readonly logs: readonly StoredLog[];
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
  /** Those labels and no others. */
  readonly isExact?: boolean | undefined;
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

/** What was not written because its time lies outside of what is kept: older than retention, or more than an hour in the future. */
export interface WriteResult {
  readonly refused: number;
}

/** A read, as a `ref` holds it; the project is said apart, by who opens it. */
export type TelemetryRead =
  | ({ readonly table: "metric_points" } & Omit<SeriesQuery, "projectId">)
  | ({ readonly table: "spans"; readonly traceId?: string | undefined } & Omit<SpanQuery, "projectId">)
  | ({ readonly table: "log_records" } & Omit<LogQuery, "projectId">);

export interface MetricName {
  readonly serviceKey: string;
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string | null;
  readonly series: number;
}

export type StoredLog = LogRecord & { readonly templateId: string | null };

/** Reads of telemetry. All of them are ordered by time, ascending; where a limit cuts, spans and logs keep the newest. */
export interface TelemetryReader {
  readSeries(query: SeriesQuery): Promise<readonly StoredSeries[]>;
  /** Names of what there is in the window: each metric of each service, with the number of its series. */
  listSeries(query: Omit<SeriesQuery, "stepMs">): Promise<readonly MetricName[]>;
  readSpans(query: SpanQuery): Promise<readonly SpanRecord[]>;
  /** Up to 10,000 spans. */
  readTrace(projectId: string, traceId: string): Promise<readonly SpanRecord[]>;
  readLogs(query: LogQuery): Promise<readonly StoredLog[]>;
  readFeatures(projectId: string, incidentId: string): Promise<readonly AnomalyFeature[]>;
  /** The reference of a read: `<engine>:<table>?<query>`. */
  refOf(read: TelemetryRead): string;
  /** The rows behind a `ref` that this engine gave, as text to show, or null where retention took them. */
  reopen(projectId: string, ref: string): Promise<string | null>;
}

export interface TelemetryStore extends TelemetryReader {
  readonly engine: "postgres" | "clickhouse";
  /** Durable when it returns. The same batch written twice is stored once. */
  write(batches: readonly StoredTelemetry[]): Promise<WriteResult>;
  writeFeatures(features: readonly AnomalyFeature[]): Promise<void>;
  /** The same reads with the rights of a request: another's project holds nothing. */
  asTenant(tenant: Tenant): TelemetryReader;
  /** Down-samples and drops what is older than its tier keeps. */
  maintain(now: Date): Promise<void>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}
