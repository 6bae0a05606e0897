/** What the generator is told to send. */
export interface Phase {
  readonly port: number;
  readonly door: "sentry" | "ingest";
  readonly dsnNumber: string;
  readonly ingestKey: string;
  readonly connections: number;
  readonly seconds: number;
  /** No more requests than this, however fast it goes. */
  readonly requestsMax: number;
  /** Fingerprints that are sent from the start, and those that come one by one over the whole phase. */
  readonly fingerprintsKnown: number;
  readonly fingerprintsNew: number;
  /** Bytes of breadcrumbs that are added to the JSON of an event. */
  readonly padBytes: number;
}

/** What came of it. */
export interface PhaseResult {
  readonly acknowledged: number;
  readonly rejected: number;
  /** Connections that broke, and answers that are neither 2xx nor 429. */
  readonly failed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wireBytes: number;
  readonly jsonBytes: number;
  /** Processor time of the generator. */
  readonly cpuSeconds: number;
}

export type ToGenerator = { readonly prepare: Phase } | { readonly go: true };
export type FromGenerator = { readonly ready: true } | { readonly result: PhaseResult };
