import { findOnset } from "../../detection/onset.ts";
import { quietUntil } from "../../detection/quiet-until.ts";
import { robustBaseline } from "../../detection/robust-baseline.ts";
import { type ShiftScore, shiftScore } from "../../detection/shift-score.ts";
import type { Transform } from "../../detection/transform.ts";
import { leadIn, valuesWithin } from "../../detection/windows.ts";
import type { Measure, Observations, Series } from "../../observations/observations.ts";
import { failureShareOf } from "./call-series.ts";
import { troubleDirection } from "./trouble-direction.ts";

/** How far one series moved towards trouble. */
export interface SeriesShift {
  readonly series: Series;
  /** In robust standard deviations towards trouble, without what had drifted before; 0 where it moved the good way or not at all. */
  readonly deviations: number;
  /** -1 where it fell, 1 where it rose, 0 where it did neither. */
  readonly sign: number;
  /** 0..1, of the deviations and of how many values the baseline rests on. */
  readonly strength: number;
  readonly onsetAt: number | null;
  /** Median before and in the trouble, and the most extreme tenth towards trouble, in the series' own unit. */
  readonly usual: number;
  readonly observed: number;
  readonly extreme: number;
  /** How many finite values there are. */
  readonly pointsBefore: number;
  readonly pointsNow: number;
}

/** How many calls the component of a series gets: in the unit of its count, and for each point. */
export interface CallsKnown {
  readonly rate: number;
  readonly perPoint: number;
}

/** A shift of so many standard deviations has half of the greatest strength. */
const HALF_STRENGTH = 6;
/** With so many values in the baseline half is believed: a spread of few values is a guess. */
const HALF_TRUST = 6;
/** The spread of a share whose number of trials is not known is that of so many. */
const TRIALS_ASSUMED = 100;

/** 0..1, saturating: 0 at no deviation, half at `HALF_STRENGTH`. Monotone, so that ranks of series are ranks of deviations. */
export function strengthOf(deviations: number): number {
  return deviations <= 0 ? 0 : deviations / (deviations + HALF_STRENGTH);
}

/**
 * The shift of a series between baseline and incident (robust z on the scale that suits what it measures), counted towards trouble only. A level
 * that had drifted already before the trouble, where there is a time in between that says so, is taken off.
 * @param calls how many calls there are, where that is known: it bounds how exactly a share of them can be known
 */
export function shiftOfSeries(series: Series, observations: Observations, calls?: CallsKnown): SeriesShift {
  const { baseline: before, incident } = observations;
  const share =
    series.measure === "availability" || series.measure === "errors" ? failureShareOf(series, observations) : null;
  const values = share ?? series.values;
  const transform = share === null ? transformOf(series.measure) : "arcsine";
  const quietTo = quietUntil(series.times, values, before, incident, transform);
  const quiet = { from: before.from, to: quietTo };
  const usualValues = valuesWithin(series.times, values, quiet);
  const baseline = robustBaseline(usualValues, transform, countingSpread(series, share !== null, calls, usualValues));
  const shift = shiftScore(baseline, valuesWithin(series.times, values, incident));
  const lead = leadIn(before, incident);
  const prior = lead === null ? null : shiftScore(baseline, valuesWithin(series.times, values, lead));
  const direction = share === null ? troubleDirection(series.measure).direction : "up";
  const up = direction === "down" ? 0 : towards(shift, prior, 1);
  const down = direction === "up" ? 0 : towards(shift, prior, -1);
  const deviations = Math.max(up, down);
  const sign = deviations === 0 ? 0 : up >= down ? 1 : -1;
  // Shown in the sender's own terms: availability that fell, not failures that rose.
  const shown = share === null ? shift : shiftScore(baseline, valuesWithin(series.times, series.values, incident));
  const isTurned = share !== null && series.measure === "availability";
  return {
    series,
    deviations,
    sign: isTurned ? -sign : sign,
    strength: (strengthOf(deviations) * baseline.count) / (baseline.count + HALF_TRUST),
    onsetAt:
      deviations === 0
        ? null
        : findOnset(
            series.times,
            values,
            baseline,
            lead?.from ?? Math.min(quietTo, incident.from),
            sign > 0 ? "up" : "down",
          ),
    usual: share === null ? baseline.middle : middleOf(valuesWithin(series.times, series.values, quiet)),
    observed: shown.observed,
    extreme: sign < 0 || isTurned ? shown.low : shown.high,
    pointsBefore: baseline.count,
    pointsNow: shift.count,
  };
}

function middleOf(values: Float64Array): number {
  return robustBaseline(values, "identity").middle;
}

/** The scale of a measure: what grows by factors is compared by factors. */
function transformOf(measure: Measure): Transform {
  return measure === "latency" || measure === "traffic" || measure === "memory" || measure === "logs"
    ? "log"
    : "identity";
}

/**
 * The spread that counting alone gives: 1/(2 sqrt n) for a share of n calls, 1/sqrt n for the logarithm of a count; of a count of failures half a
 * percent of the calls; of what comes in whole numbers half of one.
 */
function countingSpread(series: Series, isShare: boolean, calls: CallsKnown | undefined, usual: Float64Array): number {
  if (isShare) return 0.5 / Math.sqrt(Math.max(1, calls?.perPoint ?? TRIALS_ASSUMED));
  switch (series.measure) {
    case "errors":
      return calls === undefined ? wholeSpread(usual) : 0.005 * calls.rate;
    case "traffic":
    case "logs": {
      const isCount = series.statistic === "sum" || series.statistic === "count";
      return isCount ? Math.max(0.1, 1 / Math.sqrt(Math.max(1, middleOf(usual)))) : 0.1;
    }
    case "saturation":
    case "restarts":
    case "other":
      return wholeSpread(usual);
    default:
      return 0;
  }
}

function wholeSpread(values: Float64Array): number {
  for (const value of values) if (Number.isFinite(value) && !Number.isInteger(value)) return 0;
  return 0.5;
}

/**
 * Deviations upwards (`sign` 1) or downwards: the mean of that of the median and that of the most extreme tenth, because trouble may
 * fill only a part of the window, and one stray value must not stand for it. What the time just before had moved already is taken off, measured
 * where that time came nearest to normal, so that trouble which began a little early is not. A level that holds for more than half of the window is measured
 * without the few excursions of the time before.
 */
function towards(shift: ShiftScore, prior: ShiftScore | null, sign: 1 | -1): number {
  const extreme = sign * (sign > 0 ? shift.up : shift.down);
  const middle = sign * shift.middle;
  if (!Number.isFinite(extreme) || !Number.isFinite(middle)) return 0;
  const nearest = prior === null ? 0 : sign * (sign > 0 ? prior.down : prior.up);
  const drift = Number.isFinite(nearest) ? Math.max(0, nearest) : 0;
  const far = (Math.max(0, middle) + Math.max(0, extreme)) / 2;
  return Math.max(0, Math.max(far, sign * shift.held) - drift);
}
