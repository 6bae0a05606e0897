/** How two series move together, where both have values. */
export interface Correlation {
  /** -1..1; 0 where one of them never moved. */
  readonly coefficient: number;
  /** Pairs of finite values that it rests on. */
  readonly pairs: number;
}

/** Pearson's correlation of the pairs in which both values are finite. */
export function correlate(left: ArrayLike<number>, right: ArrayLike<number>): Correlation {
  const length = Math.min(left.length, right.length);
  let pairs = 0;
  let meanLeft = 0;
  let meanRight = 0;
  let squaresLeft = 0;
  let squaresRight = 0;
  let products = 0;
  // Welford's update: one pass, and no loss of digits at large levels.
  for (let at = 0; at < length; at += 1) {
    const a = left[at] ?? Number.NaN;
    const b = right[at] ?? Number.NaN;
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    pairs += 1;
    const fromLeft = a - meanLeft;
    const fromRight = b - meanRight;
    meanLeft += fromLeft / pairs;
    meanRight += fromRight / pairs;
    squaresLeft += fromLeft * (a - meanLeft);
    squaresRight += fromRight * (b - meanRight);
    products += fromLeft * (b - meanRight);
  }
  const size = Math.sqrt(squaresLeft) * Math.sqrt(squaresRight);
  const coefficient = pairs < 2 || !(size > 0) ? 0 : Math.min(1, Math.max(-1, products / size));
  return { coefficient, pairs };
}

/** Spearman's rank correlation: how monotonously two series move together, whatever the shape. Ties take their mean rank. */
export function correlateRanks(left: ArrayLike<number>, right: ArrayLike<number>): Correlation {
  const length = Math.min(left.length, right.length);
  const a: number[] = [];
  const b: number[] = [];
  for (let at = 0; at < length; at += 1) {
    const x = left[at] ?? Number.NaN;
    const y = right[at] ?? Number.NaN;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    a.push(x);
    b.push(y);
  }
  return correlate(ranksOf(a), ranksOf(b));
}

/** 1 for the smallest; equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): Float64Array {
  const order = values.map((_, at) => at).sort((x, y) => (values[x] ?? 0) - (values[y] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}
