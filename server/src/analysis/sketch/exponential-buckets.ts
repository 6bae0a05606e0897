/** An exponential histogram: bucket `offset + i` holds `counts[i]` values in (base^n, base^(n+1)], where base is 2^(2^-scale). */
export interface ExponentialHistogram {
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: { readonly offset: number; readonly counts: readonly number[] };
  /** How many values were negative, of any size. */
  readonly negativeCount: number;
}

/** An upper bound, and how many values are at most so large. */
export interface CumulativeBucket {
  readonly le: number;
  readonly count: number;
}

/** The finest grid that is kept: bounds lie a factor of √2 apart, so a quantile between two of them is off by 19 % at most. */
const SCALE_MAX = 1;
const BUCKETS_MAX = 64;

/**
 * The buckets of an exponential histogram as Prometheus's classic ones: cumulative, on bounds that are powers of √2, or of a power of 2
 * where that would be more than 64 bounds. A coarser grid is a subset of a finer one, so that a bound means the same in each
 * point of a series whatever its scale (merging by halving the index: OpenTelemetry's metrics data model, "Exponential scale").
 * Values at or below zero are counted at the zero threshold. The last bound is that of the highest value; +Inf is not listed.
 */
export function cumulativeBuckets(histogram: ExponentialHistogram): readonly CumulativeBucket[] {
  const { zeroCount, zeroThreshold, negativeCount, positive } = histogram;
  const buckets: CumulativeBucket[] = [];
  let total = zeroCount + negativeCount;
  if (total > 0) buckets.push({ le: Math.max(0, zeroThreshold), count: total });
  const [first, last] = [positive.counts.findIndex(isUsed), positive.counts.findLastIndex(isUsed)];
  if (first === -1) return buckets;
  let scale = histogram.scale;
  const indexAt = (position: number, to: number) =>
    Math.floor((positive.offset + position) * 2 ** (to - histogram.scale));
  if (scale > SCALE_MAX) scale = SCALE_MAX;
  while (indexAt(last, scale) - indexAt(first, scale) >= BUCKETS_MAX) scale -= 1;
  let open = indexAt(first, scale);
  for (let position = first; position <= last; position += 1) {
    const index = indexAt(position, scale);
    for (; open < index; open += 1) push(buckets, open, scale, total);
    total += positive.counts[position] ?? 0;
  }
  push(buckets, open, scale, total);
  return buckets;
}

function push(buckets: CumulativeBucket[], index: number, scale: number, count: number): void {
  const le = 2 ** ((index + 1) * 2 ** -scale);
  if (Number.isFinite(le) && le > (buckets.at(-1)?.le ?? Number.NEGATIVE_INFINITY)) buckets.push({ le, count });
}

function isUsed(count: number): boolean {
  return count > 0;
}
