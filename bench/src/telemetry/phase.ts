/** What the generator is told to send. */
export interface TelemetryPhase {
  readonly port: number;
  readonly door: "points" | "otlp-points" | "spans" | "spans-gzip";
  readonly ingestKey: string;
  readonly connections: number;
  readonly seconds: number;
  /** No more points or spans than about this; 0 is no limit. */
  readonly recordsMax: number;
  /** Points or spans a second; 0 is as many as are taken. */
  readonly perSecond: number;
  /** Time of the first points that a port is sent, the same in all phases: later ones go on from there, hours in minutes, so that blocks are as full as in life. */
  readonly beginMs: number;
}

/** What came of it. */
export interface TelemetryResult {
  /** Points or spans that were acknowledged. */
  readonly records: number;
  readonly rejected: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wireBytes: number;
  readonly cpuSeconds: number;
  /** Time of the newest points. */
  readonly newestMs: number;
}
