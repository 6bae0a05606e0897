/*
 * Telemetry after its wire format: what metrics, traces and logs say, whoever sent it. Times are milliseconds since 1970 in
 * UTC by the sender's clock; texts came from outside and are data. A series is (service, environment, metric, labels).
 */

/** How the values of a series are to be read: as they are, as a sum that only grows and may start again at 0, or as growth since the last value. */
export const metricKinds = ["gauge", "counter", "delta"] as const;
export type MetricKind = (typeof metricKinds)[number];

/** What telemetry speaks of. `serviceKey` is `cluster/namespace/service`, without Kubernetes `default/<environment>/<service>`. */
export interface TelemetryOrigin {
  readonly serviceKey: string;
  readonly environment: string;
}

/** One value of one series. */
export interface MetricSample extends TelemetryOrigin {
  readonly metric: string;
  readonly kind: MetricKind;
  /** As the sender names it (UCUM: `s`, `By`, `1`), or null. */
  readonly unit: string | null;
  /** Without the service's own identity. Bounded by the mapper: 32 labels, 200 characters each. */
  readonly labels: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** Finite. A sender's NaN and staleness markers end in the mapper. */
  readonly value: number;
}

export const spanKinds = ["internal", "server", "client", "producer", "consumer"] as const;
export type SpanKind = (typeof spanKinds)[number];

/** What a span called, where it says so: `db.system`, `peer.service`, `server.address`, `messaging.system`. */
export interface SpanPeer {
  readonly kind: "service" | "database" | "cache" | "queue" | "external";
  readonly name: string;
  /** `postgresql`, `redis`, `kafka`; null where it is not said. */
  readonly engine: string | null;
}

/** One span. Ids are lower-case hex, 32 and 16 digits. */
export interface SpanRecord extends TelemetryOrigin {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: "unset" | "ok" | "error";
  /** `GET /cart/:id`, as a route and not as a URL; null for what is no request. */
  readonly route: string | null;
  readonly httpStatus: number | null;
  readonly peer: SpanPeer | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly {
    readonly name: string;
    readonly atMs: number;
    readonly attributes: Readonly<Record<string, string | number | boolean>>;
  }[];
}

export const logSeverities = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogSeverity = (typeof logSeverities)[number];

/** One log line. */
export interface LogRecord extends TelemetryOrigin {
  readonly atMs: number;
  readonly severity: LogSeverity;
  readonly body: string;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}
