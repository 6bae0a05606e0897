import type { FamilyType } from "../../analysis/exposition/kind-of-series.ts";

/** A native histogram, integer or float, as remote-write carries it. */
export interface NativeHistogram {
  readonly count: number;
  readonly sum: number;
  /** -4 … 8: buckets are powers of 2^(2^-schema); -53: `customBounds`. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: NativeBuckets;
  readonly negative: NativeBuckets;
  readonly customBounds: readonly number[];
  readonly atMs: number;
}

/** Spans of buckets that follow each other; `offset` is the gap before each. */
export interface NativeBuckets {
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  /** Counts, not differences. */
  readonly counts: readonly number[];
}

export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly value: number; readonly atMs: number }[];
  readonly histograms: readonly NativeHistogram[];
  /** Where it comes with the series, as in 2.0. */
  readonly type: FamilyType | null;
  readonly unit: string | null;
}

/** A request of remote-write, the same from 1.0 and 2.0. */
export interface WriteRequest {
  readonly series: readonly WrittenSeries[];
  /** What 1.0 sends apart, once a minute: types and units by family. */
  readonly metadata: readonly { readonly family: string; readonly type: FamilyType; readonly unit: string }[];
  readonly exemplars: number;
}

/** What one request may hold. */
export const writeLimits = {
  series: 100_000,
  samples: 200_000,
  labels: 128,
  buckets: 1_024,
  symbols: 400_000,
} as const;
