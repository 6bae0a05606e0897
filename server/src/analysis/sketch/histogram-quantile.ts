/** Growth of one bucket of a classic histogram within a window; `le` is its upper bound, +Inf included. */
export interface BucketGrowth {
  readonly le: number;
  readonly growth: number;
}

/**
 * A quantile (0..1) of what a classic histogram counted in a window, from the growth of its cumulative buckets, linear within a bucket; as PromQL's
 * `histogram_quantile` does (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile). In the last
 * bucket it is the highest finite bound. NaN where nothing was counted. Buckets that shrink against a lower one, as when they were not read at the same instant, count as equal to it.
 */
export function histogramQuantile(buckets: readonly BucketGrowth[], quantile: number): number {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  let highest = 0;
  const cumulative = sorted.map(({ le, growth }) => {
    highest = Math.max(highest, Number.isFinite(growth) ? growth : 0);
    return { le, count: highest };
  });
  if (highest === 0) return Number.NaN;
  const rank = quantile * highest;
  const at = cumulative.findIndex(({ count }) => count >= rank && count > 0);
  const bucket = cumulative[at];
  if (bucket === undefined) return Number.NaN;
  const before = cumulative[at - 1];
  if (!Number.isFinite(bucket.le)) return before?.le ?? Number.NaN;
  const from = before?.le ?? (bucket.le > 0 ? 0 : bucket.le);
  const share = (rank - (before?.count ?? 0)) / (bucket.count - (before?.count ?? 0));
  return from + (bucket.le - from) * share;
}
