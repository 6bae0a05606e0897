import { sortedFinite } from "./quantile.ts";

/** The usual distance of two points in milliseconds: the median step; NaN with fewer than two. */
export function usualStep(times: ArrayLike<number>): number {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  for (let at = 1; at < times.length; at += 1)
    steps[at - 1] = (times[at] ?? Number.NaN) - (times[at - 1] ?? Number.NaN);
  const sorted = sortedFinite(steps);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * A series of any sampling on an even grid: the mean of the finite values of each step of `stepMs`, NaN where there is none. Nothing is
 * invented between points, so two series may be compared where both have values.
 */
export function alignSeries(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  grid: { readonly from: number; readonly to: number; readonly stepMs: number },
): Float64Array {
  const count = Math.max(0, Math.ceil((grid.to - grid.from) / grid.stepMs));
  const sums = new Float64Array(count);
  const counts = new Uint32Array(count);
  for (let at = 0; at < values.length; at += 1) {
    const time = times[at] ?? Number.NaN;
    const value = values[at] ?? Number.NaN;
    if (!(time >= grid.from && time < grid.to) || !Number.isFinite(value)) continue;
    const slot = Math.floor((time - grid.from) / grid.stepMs);
    sums[slot] = (sums[slot] ?? 0) + value;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return sums.map((sum, slot) => ((counts[slot] ?? 0) === 0 ? Number.NaN : sum / (counts[slot] ?? 1)));
}
