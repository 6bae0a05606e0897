import { quantileOfSorted, sortedFinite } from "./quantile.ts";
import { robustBaseline } from "./robust-baseline.ts";
import { onScale, type Transform } from "./transform.ts";
import { placeOf, valuesWithin } from "./windows.ts";

/** At most this share of the baseline is given to the trouble: more of it would be a change of what is usual. */
const SHARE_MAX = 0.25;
/** So many values of the trouble are needed to say what its level is. */
const LEVEL_MIN = 4;
/** So far beyond the spread of the rest the level must lie, in robust standard deviations. */
const CLEAR = 6;
/** The least that is left to say what is usual. */
const LEFT_MIN = 8;

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the baseline of a series ends, if the level of the trouble already holds in its last values: alerts are late, and what is counted as usual then hides the
 * trouble. Walks back from the end while values lie nearer to the level of the trouble than to the usual one (two in a row that do not, end it), and
 * believes it only where that level is clearly none of the rest. A baseline that does not reach up to the trouble is left as it is.
 */
export function quietUntil(
  times: Float64Array,
  values: Float64Array,
  baseline: Range,
  incident: Range,
  transform: Transform,
): number {
  if (baseline.to < incident.from) return baseline.to;
  const during = sortedFinite(valuesWithin(times, values, incident));
  const start = placeOf(times, baseline.from);
  const end = placeOf(times, Math.min(baseline.to, incident.from));
  const usual = sortedFinite(values.subarray(start, end));
  if (during.length < LEVEL_MIN || usual.length < LEFT_MIN) return baseline.to;
  const { scale, location } = robustBaseline(usual, transform);
  const level = onScale(scale, quantileOfSorted(during, 0.5));
  const half = (level - location) / 2;
  if (half === 0 || !Number.isFinite(half)) return baseline.to;
  const most = Math.floor(SHARE_MAX * usual.length);
  let first = end;
  let taken = 0;
  let misses = 0;
  for (let at = end - 1; at >= start && misses < 2 && taken < most; at -= 1) {
    const value = onScale(scale, values[at] ?? Number.NaN);
    if (!Number.isFinite(value)) continue;
    taken += 1;
    if (Math.abs(value - location) >= Math.abs(half) && Math.sign(value - location) === Math.sign(half)) {
      first = at;
      misses = 0;
    } else misses += 1;
  }
  if (first === end) return baseline.to;
  const rest = values.subarray(start, first);
  const left = robustBaseline(rest, transform);
  if (left.count < LEFT_MIN) return baseline.to;
  const beyond = (onScale(left.scale, quantileOfSorted(during, 0.5)) - left.location) / left.heldSpread;
  return Math.abs(beyond) >= CLEAR ? (times[first] ?? baseline.to) : baseline.to;
}
