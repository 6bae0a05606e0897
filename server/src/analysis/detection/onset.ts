import type { RobustBaseline } from "./robust-baseline.ts";
import { onScale } from "./transform.ts";

/** Slack and threshold of the sum, in standard deviations: tuned for shifts of two and more (Montgomery, Introduction to Statistical Quality Control). */
const SLACK = 1;
const THRESHOLD = 5;
/** One value counts at most this, so that a single stray one can't raise the alarm. */
const STEP_MAX = 4;

/**
 * When a series left what is normal for it, or null where it did not: two-sided CUSUM (Page 1954) on robust z-scores; the onset is where the sum that
 * crossed the threshold last left zero. Chosen over binary segmentation because it needs no second level that holds, and works from the second value on.
 * @param times milliseconds, sorted; as many as values
 * @param from values before this instant are not looked at
 */
export function findOnset(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  baseline: RobustBaseline,
  from = Number.NEGATIVE_INFINITY,
  direction: "up" | "down" | "either" = "either",
): number | null {
  if (baseline.count === 0) return null;
  let high = 0;
  let low = 0;
  let highSince: number | null = null;
  let lowSince: number | null = null;
  for (let at = 0; at < values.length; at += 1) {
    const time = times[at] ?? Number.NaN;
    const z = (onScale(baseline.scale, values[at] ?? Number.NaN) - baseline.location) / baseline.spread;
    if (!(time >= from) || !Number.isFinite(z)) continue;
    high = Math.max(0, high + Math.min(z, STEP_MAX) - SLACK);
    low = Math.max(0, low + Math.min(-z, STEP_MAX) - SLACK);
    highSince = high === 0 ? null : (highSince ?? time);
    lowSince = low === 0 ? null : (lowSince ?? time);
    if (high >= THRESHOLD && direction !== "down") return highSince;
    if (low >= THRESHOLD && direction !== "up") return lowSince;
  }
  return null;
}
