import type { Attributes } from "./span.ts";

/*
 * What Culprit reads of opentelemetry-proto `metrics/v1`, the same from JSON and protobuf.
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/
 */

/** How the points of a sum or histogram relate: since the last point, or since the start. */
export const temporality = { unspecified: 0, delta: 1, cumulative: 2 } as const;

/** The bit of a point's flags that says that there is no value. */
export const NO_RECORDED_VALUE = 1;

/** Counts of an exponential histogram from bucket `offset` on: bucket `i` holds values in (base^i, base^(i+1)]. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

interface PointCommon {
  readonly attributes: Attributes;
  readonly timeMs: number;
  readonly flags: number;
}

export interface NumberPoint extends PointCommon {
  /** Null where the sender gave none. */
  readonly value: number | null;
}

interface DistributionPoint extends PointCommon {
  readonly count: number;
  /** Null where the sender keeps none, as with negative measurements. */
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export interface HistogramPoint extends DistributionPoint {
  /** Upper bounds, ascending; one count more than bounds, or none of both. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

export interface ExponentialPoint extends DistributionPoint {
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export interface SummaryPoint extends PointCommon {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

export type MetricData =
  | { readonly kind: "gauge"; readonly points: readonly NumberPoint[] }
  | {
      readonly kind: "sum";
      readonly points: readonly NumberPoint[];
      readonly temporality: number;
      readonly isMonotonic: boolean;
    }
  | { readonly kind: "histogram"; readonly points: readonly HistogramPoint[]; readonly temporality: number }
  | { readonly kind: "exponential"; readonly points: readonly ExponentialPoint[]; readonly temporality: number }
  | { readonly kind: "summary"; readonly points: readonly SummaryPoint[] };

export interface Metric {
  readonly name: string;
  readonly unit: string;
  /** Null for a metric without data, or of a kind that is not known here. */
  readonly data: MetricData | null;
}

export interface ResourceMetrics {
  readonly resource: Attributes;
  readonly metrics: readonly Metric[];
}

/** What one request may hold; over it is an error, because cutting would lose values in silence. */
export const metricLimits = { points: 200_000, buckets: 1_024, quantiles: 128 } as const;
