import { quantileOfSorted, sortedFinite } from "./quantile.ts";
import { allOnScale, scaleFor, type Transform, type TransformScale } from "./transform.ts";

/** What is normal for a series: where it lies and how far it strays, on its own scale. */
export interface RobustBaseline {
  readonly scale: TransformScale;
  /** How many finite values it rests on. */
  readonly count: number;
  /** Median, on the scale; NaN without values. */
  readonly location: number;
  /** Robust standard deviation, on the scale; never below `floor`. */
  readonly spread: number;
  /** The same without the few most extreme values: what a level is held against that goes on for most of a time, which a few excursions never do. */
  readonly heldSpread: number;
  /** The least spread that the data can vouch for. */
  readonly floor: number;
  /** First and 99th percentile of the values themselves. */
  readonly usualLow: number;
  readonly usualHigh: number;
  /** Median of the values themselves. */
  readonly middle: number;
  readonly isConstant: boolean;
}

/** Consistency with the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;
const IQR_TO_SIGMA = 1 / 1.349;
/** Half the distance of the first and the 99th percentile in standard deviations, so that rare excursions that are normal count as such. */
const TAIL_TO_SIGMA = 1 / 4.652;
/** So much of the values lies within 1.96 standard deviations; what lies beyond is what `heldSpread` leaves out: three values of sixty. */
const HELD_SHARE = 0.95;
const HELD_TO_SIGMA = 1 / 1.96;
/** A level is not known better than to a hundredth of itself: on the log scale that is 0.01, elsewhere it is taken of the level. */
const RELATIVE_FLOOR = 0.01;

/**
 * Location and spread of the normal time. The location is the median; the spread is the largest of MAD, interquartile range and the range
 * of the middle 98 % (each scaled to a standard deviation), because each of the three is zero or far too small for some normal series: MAD for one
 * that rests on one value more than half of the time, IQR for one that does so three quarters of the time (Rousseeuw and Croux 1993;
 * Hampel 1974). A series that never moved has none: its floor stands for it, which is what the fewest values could have hidden
 * (a hundredth of the level; with few values more). Two bad minutes of an hour fill the range of the middle 98 %; `heldSpread` trims them (Tukey's trimming),
 * and holds only for a shift of level that lasts, since a series with many excursions has them among the 95 % too.
 * @param spreadMin the least spread that is known beforehand, on the scale, as that of counting
 */
export function robustBaseline(values: ArrayLike<number>, transform: Transform, spreadMin = 0): RobustBaseline {
  const sorted = sortedFinite(values);
  const scale = scaleFor(transform, sorted);
  const mapped = allOnScale(scale, sorted);
  const location = quantileOfSorted(mapped, 0.5);
  const deviations = mapped.map((value) => Math.abs(value - location)).sort();
  const mad = MAD_TO_SIGMA * quantileOfSorted(deviations, 0.5);
  const quartiles = IQR_TO_SIGMA * (quantileOfSorted(mapped, 0.75) - quantileOfSorted(mapped, 0.25));
  const usual = TAIL_TO_SIGMA * (quantileOfSorted(mapped, 0.99) - quantileOfSorted(mapped, 0.01));
  const floor = Math.max(spreadMin, floorOf(scale, location, mapped.length));
  const spread = mapped.length === 0 ? floor : Math.max(mad, quartiles, usual, floor);
  const held = HELD_TO_SIGMA * quantileOfSorted(deviations, HELD_SHARE);
  const heldSpread = mapped.length === 0 ? floor : Math.min(spread, Math.max(mad, quartiles, held, floor));
  return {
    scale,
    count: sorted.length,
    location,
    spread,
    heldSpread,
    floor,
    usualLow: quantileOfSorted(sorted, 0.01),
    usualHigh: quantileOfSorted(sorted, 0.99),
    middle: quantileOfSorted(sorted, 0.5),
    isConstant: sorted.length > 0 && sorted[0] === sorted[sorted.length - 1],
  };
}

/** With few values the spread is uncertain by about 1/sqrt(2n) of itself and may have been missed altogether, so the floor grows. */
function floorOf(scale: TransformScale, location: number, count: number): number {
  const caution = 1 + 10 / Math.max(count, 1);
  if (scale.transform === "log") return RELATIVE_FLOOR * caution;
  if (scale.transform === "arcsine") return 2 * RELATIVE_FLOOR * caution;
  if (scale.transform === "logit") return 10 * RELATIVE_FLOOR * caution;
  const level = Number.isFinite(location) ? Math.abs(location) : 0;
  return Math.max(RELATIVE_FLOOR * level, 1e-9) * caution;
}
