import { sortedFinite } from "./quantile.ts";

/** The usual distance of two points in milliseconds: the median step; NaN with fewer than two. */
export function usualStep(times: ArrayLike<number>): number {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  for (let at = 1; at < times.length; at += 1)
    steps[at - 1] = (times[at] ?? Number.NaN) - (times[at - 1] ?? Number.NaN);
  const sorted = sortedFinite(steps);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
