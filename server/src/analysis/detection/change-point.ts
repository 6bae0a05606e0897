/** Where a sequence is cut in two, so that both halves are flattest. */
export interface ChangePoint {
  /** First index of the second half. */
  readonly index: number;
  readonly before: number;
  readonly after: number;
  /** The CUSUM statistic at the cut, in standard deviations of noise. */
  readonly statistic: number;
}

/** Above it a cut is no chance; the strengthened Schwarz criterion of Fryzlewicz 2014 for one mean, as a factor of sqrt(2 log n). */
const THRESHOLD_FACTOR = 1.3;

/**
 * The strongest change of level, or null where chance explains it: the CUSUM statistic of binary segmentation (Scott and Knott 1974; Fryzlewicz
 * 2014), with noise measured from differences of neighbours (median of |x[i+1]-x[i]|; von Neumann 1941), so that the change itself is not taken for noise. NaN
 * is skipped. One pass; values of a heavy tail are clipped at 8 standard deviations of noise around the median before.
 * @param noiseFloor the least noise assumed, in units of the values
 */
export function findChangePoint(values: ArrayLike<number>, noiseFloor = 0): ChangePoint | null {
  const kept: number[] = [];
  const places: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    kept.push(value);
    places.push(at);
  }
  const count = kept.length;
  if (count < 4) return null;
  const noise = Math.max(noiseOf(kept), noiseFloor);
  let total = 0;
  for (const value of kept) total += value;
  let best: { cut: number; gap: number; statistic: number } | null = null;
  let left = 0;
  for (let cut = 1; cut < count; cut += 1) {
    left += kept[cut - 1] ?? 0;
    const gap = (total - left) / (count - cut) - left / cut;
    const statistic = Math.abs(gap) * Math.sqrt((cut * (count - cut)) / count);
    if (best === null || statistic > best.statistic) best = { cut, gap, statistic };
  }
  if (best === null || best.statistic === 0) return null;
  const statistic = noise === 0 ? Number.POSITIVE_INFINITY : best.statistic / noise;
  if (statistic < THRESHOLD_FACTOR * Math.sqrt(2 * Math.log(count))) return null;
  const before = meanOf(kept, 0, best.cut);
  return { index: places[best.cut] ?? 0, before, after: before + best.gap, statistic };
}

function meanOf(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += values[at] ?? 0;
  return sum / (to - from);
}

/** Standard deviation of noise from neighbours; a sequence that mostly repeats itself falls back to the mean difference. */
function noiseOf(values: readonly number[]): number {
  const steps = new Float64Array(values.length - 1);
  let sum = 0;
  for (let at = 1; at < values.length; at += 1) {
    const step = Math.abs((values[at] ?? 0) - (values[at - 1] ?? 0));
    steps[at - 1] = step;
    sum += step;
  }
  steps.sort();
  const middle = steps[steps.length >> 1] ?? 0;
  // 1.4826 / sqrt 2 for the median, sqrt(pi)/2 for the mean of |N(0, 2 sigma²)|.
  return middle > 0 ? middle * 1.0484 : trimmedMean(steps, sum) * 0.8862;
}

function trimmedMean(sorted: Float64Array, sum: number): number {
  const top = sorted[sorted.length - 1] ?? 0;
  return sorted.length < 2 ? 0 : (sum - top) / (sorted.length - 1);
}
