/*
 * Observations are what telemetry says around one failure, as plain data: components, who calls whom, series, log patterns,
 * operations and changes, in a time before (the baseline) and a time of trouble (the incident). Ranking knows nothing else: no name of a
 * service, a metric or a data set means anything to it. Instants are milliseconds since 1970; every text came from outside.
 * Missing series, gaps, NaN, constant values, counters that start again and unequal sampling are normal here.
 */

/** From `from` (included) to `to` (excluded), in milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const componentKinds = ["service", "database", "cache", "queue", "external", "host", "unknown"] as const;
export type ComponentKind = (typeof componentKinds)[number];

/** Something that can be the cause: a service, what it depends on, what it runs on. */
export interface Component {
  readonly key: string;
  readonly name: string;
  readonly kind: ComponentKind;
  /** False for what others run (a third party's API): its fault can't be fixed here. Null where nothing says so. */
  readonly isOwned: boolean | null;
  /** The host or service that it is a part of, where that is known. */
  readonly partOf: string | null;
}

/** `from` calls `to`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * What a series measures, so that its direction has a meaning: more `latency`, `errors`, `cpu`, `memory`, `saturation` or `restarts` is
 * trouble, less `availability` is; `traffic`, `logs` and `other` may move either way.
 */
export const measures = [
  "latency",
  "errors",
  "availability",
  "traffic",
  "cpu",
  "memory",
  "saturation",
  "restarts",
  "logs",
  "other",
] as const;
export type Measure = (typeof measures)[number];

/** One series, sorted by time, with one statistic of one measure of one component. */
export interface Series {
  readonly id: string;
  readonly component: string;
  readonly measure: Measure;
  /** As the sender called it. */
  readonly metric: string;
  /** `average`, `p50`, `p99`, `max`, `rate`, `count`; null where it is not known. */
  readonly statistic: string | null;
  readonly unit: string | null;
  /** The component that is called, where the series measures calls. */
  readonly callee: string | null;
  readonly times: Float64Array;
  /** As many as `times`; NaN for a value that is missing. Counters arrive as rates. */
  readonly values: Float64Array;
  /** Where it can be read again. */
  readonly ref: string;
}

/** How often one log pattern was written, and when first. */
export interface LogPattern {
  readonly component: string;
  readonly templateId: string;
  readonly template: string;
  readonly severity: string | null;
  /** Lines a minute in the baseline, and in the incident. */
  readonly baselinePerMinute: number;
  readonly incidentPerMinute: number;
  /** Lines that were really counted, where the rates come from less than the whole of the two times. */
  readonly baselineCount?: number;
  readonly incidentCount?: number;
  readonly firstAt: number | null;
  readonly example: string;
  readonly ref: string;
}

/** What one operation (a span's name) of a component did, before and during the trouble. */
export interface OperationShift {
  readonly component: string;
  readonly operation: string;
  readonly baseline: OperationStatistics;
  readonly incident: OperationStatistics;
  readonly ref: string;
}

export interface OperationStatistics {
  /** Spans that the figures come from, where that is not all of them. */
  readonly count?: number;
  readonly perMinute: number;
  /** 0..1 */
  readonly errorShare: number;
  /** Of all its spans those that failed while nothing that they called did; absent where whole traces are not known. */
  readonly ownErrorShare?: number;
  /** Median and 95th percentile, in milliseconds, of all of its time, and median of its own time without that of its calls; NaN without spans. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly selfMs: number;
  /** 95th percentile of its own time, and the sum of it over the spans counted. */
  readonly selfP95Ms?: number;
  readonly selfTotalMs?: number;
}

/** What lies between two components: the time that a caller waited and the called one did not work. */
export interface LinkShift {
  readonly from: string;
  readonly to: string;
  /** The called one wrote no spans: the whole time of its calls, as the caller saw it. */
  readonly isOpen?: boolean;
  readonly baseline: LinkStatistics;
  readonly incident: LinkStatistics;
  readonly ref: string;
}

export interface LinkStatistics {
  readonly count: number;
  /** NaN without calls. */
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** In how many spans of an operation something happened that happens in it: a log line of a template, or a call. */
export interface SpanPattern {
  readonly component: string;
  readonly operation: string;
  readonly kind: "log" | "call";
  /** The template, or component and operation that is called. */
  readonly event: string;
  /** Of the line. */
  readonly severity: string | null;
  /** A line as it was written. */
  readonly example?: string;
  /** It stands for any line of the operation that tells of no trouble. */
  readonly isAny?: boolean;
  /** Spans of the operation, and those of them with the event. */
  readonly baselineSpans: number;
  readonly baselineCount: number;
  readonly incidentSpans: number;
  readonly incidentCount: number;
  readonly ref: string;
}

/** A rule of an operation that held before the trouble and is broken in it: wherever `after` happened in a span, `missing` happened at least as often. */
export interface BrokenSequence {
  readonly component: string;
  readonly operation: string;
  /** Null for the operation itself: it began. */
  readonly after: string | null;
  readonly missing: string;
  readonly kind: SpanPattern["kind"];
  /** When the first span began that it is counted as broken from; spans before count for the time before. */
  readonly sinceMs: number;
  /** Spans that the rule can be read off from, and those of them where it held. */
  readonly baselineSpans: number;
  readonly baselineCount: number;
  readonly incidentSpans: number;
  readonly incidentCount: number;
  /** How much likelier the two shares are as two than as one, as a natural logarithm. */
  readonly surprise: number;
  readonly ref: string;
}

export const observedChangeKinds = [
  "deployment",
  "rollback",
  "config",
  "flag",
  "migration",
  "scaling",
  "infrastructure",
] as const;

/** What somebody changed. */
export interface ObservedChange {
  readonly id: string;
  readonly kind: (typeof observedChangeKinds)[number];
  readonly at: number;
  /** Null where it concerns all of them, or it is not known which. */
  readonly component: string | null;
  readonly title: string;
  /** The commit that came with it, where it is known with enough certainty (at least 0.8) to be blamed. */
  readonly commitSha: string | null;
  readonly ref: string;
  /** Of a deployment, the few commits that came with it and that are to be read first for this kind of trouble; absent where they are not known. */
  readonly brought?: readonly { readonly sha: string; readonly summary: string }[];
}

export interface Observations {
  readonly baseline: Interval;
  readonly incident: Interval;
  /** Where the trouble was noticed; null where only the time is known. */
  readonly target: {
    readonly component: string;
    readonly measure: Measure | null;
    readonly seriesId: string | null;
  } | null;
  readonly components: readonly Component[];
  readonly edges: readonly Edge[];
  readonly series: readonly Series[];
  readonly logs: readonly LogPattern[];
  readonly operations: readonly OperationShift[];
  /** Out of whole traces; absent where there are none. */
  readonly links?: readonly LinkShift[];
  readonly spanPatterns?: readonly SpanPattern[];
  readonly brokenSequences?: readonly BrokenSequence[];
  readonly changes: readonly ObservedChange[];
  /** What could not be read and is missing here, each a sentence. */
  readonly gaps: readonly string[];
}
