import { quantileOfSorted, sortedFinite } from "./quantile.ts";
import type { RobustBaseline } from "./robust-baseline.ts";
import { allOnScale } from "./transform.ts";

/** How far a time lies from what is normal. */
export interface ShiftScore {
  /** Signed, in robust standard deviations: of the median, and of the most extreme quarter upwards and downwards. NaN without values. */
  readonly middle: number;
  readonly up: number;
  readonly down: number;
  /** `middle` against the spread of what is usual without its few most extreme values: of a level that holds for more than half of the time; 0 of too few values. */
  readonly held: number;
  /** Share of the values beyond three standard deviations, 0..1. */
  readonly outside: number;
  /** How many finite values it rests on. */
  readonly count: number;
  /** Median, 90th and 10th percentile of the values themselves. */
  readonly observed: number;
  readonly high: number;
  readonly low: number;
}

const BEYOND = 3;
/** Fewer values do not say that a level holds. */
const HELD_MIN = 4;

/**
 * The robust shift score: robust z of `values` against the baseline (Iglewicz and Hoaglin 1993; as RobustScorer in BARO, Pham et al., FSE
 * 2024), on the transformed scale. `up` and `down` take the 90th and the 10th percentile, so that trouble that fills only a
 * part of the window is seen while one stray value among many is not.
 */
export function shiftScore(baseline: RobustBaseline, values: ArrayLike<number>): ShiftScore {
  const sorted = sortedFinite(values);
  if (sorted.length === 0 || baseline.count === 0)
    return {
      middle: Number.NaN,
      up: Number.NaN,
      down: Number.NaN,
      held: 0,
      outside: 0,
      count: sorted.length,
      observed: Number.NaN,
      high: Number.NaN,
      low: Number.NaN,
    };
  const mapped = allOnScale(baseline.scale, sorted);
  const z = (value: number) => (value - baseline.location) / baseline.spread;
  let beyond = 0;
  for (const value of mapped) if (Math.abs(z(value)) > BEYOND) beyond += 1;
  const middle = z(quantileOfSorted(mapped, 0.5));
  return {
    middle,
    held: sorted.length < HELD_MIN ? 0 : (middle * baseline.spread) / baseline.heldSpread,
    up: z(quantileOfSorted(mapped, 0.9)),
    down: z(quantileOfSorted(mapped, 0.1)),
    outside: beyond / mapped.length,
    count: sorted.length,
    observed: quantileOfSorted(sorted, 0.5),
    high: quantileOfSorted(sorted, 0.9),
    low: quantileOfSorted(sorted, 0.1),
  };
}
