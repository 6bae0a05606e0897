import { quantileOfSorted, sortedFinite } from "../../detection/quantile.ts";
import { leadIn, valuesWithin } from "../../detection/windows.ts";
import type { Observations, Series } from "../../observations/observations.ts";
import { type CallSeries, failureShareOf, secondsPer } from "./call-series.ts";
import type { SeriesShift } from "./series-shift.ts";

export const troubleFamilies = ["latency", "failures"] as const;
export type TroubleFamily = (typeof troubleFamilies)[number];

/** One kind of trouble with the calls of a component. */
export interface Trouble {
  /** Seconds waited or calls failed beyond the usual, for each step of time: calls times what each lost. */
  readonly excess: number;
  /** 0..1: how surely the excess is none of chance. */
  readonly significance: number;
  /** 0..1: how bad it is for one call: 1 - usual/now of a latency, the additional share of calls that failed. */
  readonly severity: number;
  readonly shift: SeriesShift;
}

/** What is known of the calls of one component. */
export interface ComponentTrouble {
  readonly latency: Trouble | null;
  readonly failures: Trouble | null;
  /** Calls now by calls before; null where nobody counted them. */
  readonly growth: number | null;
  /** 0..1: how surely `growth` is none of chance. */
  readonly growthSignificance: number;
  /** 0..1: how surely it is in trouble by what it measured itself; null where it measured no calls. */
  readonly ownView: number | null;
  /** The same by what each caller measured of it. */
  readonly seenBy: ReadonlyMap<string, number>;
}

/** At so many standard deviations an excess is as likely real as not. */
const EVEN_AT = 3;

/** 0..1: a steep step between chance and certainty. */
export function significanceOf(deviations: number): number {
  return deviations <= 0 ? 0 : deviations ** 3 / (deviations ** 3 + EVEN_AT ** 3);
}

/** How much worse the calls of each component went than usual. */
export function troubleOfComponents(
  observations: Observations,
  calls: ReadonlyMap<string, CallSeries>,
  shifts: ReadonlyMap<string, SeriesShift>,
): ReadonlyMap<string, ComponentTrouble> {
  return new Map(
    [...calls].map(([key, series]) => {
      const traffic = series.traffic === null ? undefined : shifts.get(series.traffic.id);
      const [before, now] =
        series.traffic === null
          ? [Number.NaN, Number.NaN]
          : levels(series.traffic, series.traffic.values, observations);
      return [
        key,
        {
          latency: worst("latency", series.latency, series, shifts, observations),
          failures: worst("failures", series.failures, series, shifts, observations),
          growth: before > 0 && Number.isFinite(now) ? now / before : null,
          growthSignificance: significanceOf(traffic?.deviations ?? 0),
          ...viewsOf(series, shifts),
        },
      ];
    }),
  );
}

function viewsOf(
  { latency, failures }: CallSeries,
  shifts: ReadonlyMap<string, SeriesShift>,
): Pick<ComponentTrouble, "ownView" | "seenBy"> {
  let ownView: number | null = null;
  const seenBy = new Map<string, number>();
  for (const series of [...latency, ...failures]) {
    const sure = significanceOf(shifts.get(series.id)?.deviations ?? 0);
    if (series.callee === null) ownView = Math.max(ownView ?? 0, sure);
    else seenBy.set(series.component, Math.max(seenBy.get(series.component) ?? 0, sure));
  }
  return { ownView, seenBy };
}

/** Of its own view and that of its callers, which may differ where calls never arrive, the one that lost more. */
function worst(
  family: TroubleFamily,
  views: readonly Series[],
  { traffic }: CallSeries,
  shifts: ReadonlyMap<string, SeriesShift>,
  observations: Observations,
): Trouble | null {
  let best: Trouble | null = null;
  for (const series of views) {
    const shift = shifts.get(series.id);
    const trouble = shift === undefined ? null : troubleOf(family, series, traffic, shift, observations);
    if (trouble === null) continue;
    if (best === null || trouble.excess * trouble.significance > best.excess * best.significance) best = trouble;
  }
  return best;
}

function troubleOf(
  family: TroubleFamily,
  series: Series,
  traffic: Series | null,
  shift: SeriesShift,
  observations: Observations,
): Trouble | null {
  const share = family === "failures" ? failureShareOf(series, observations) : null;
  const [usual, now] = levels(series, share ?? series.values, observations);
  if (!Number.isFinite(now) || !Number.isFinite(usual)) return null;
  const rise = Math.max(0, now - usual);
  const [usualRate, nowRate] =
    traffic === null ? [Number.NaN, Number.NaN] : levels(traffic, traffic.values, observations);
  // Calls that were given up are counted where they were made: the usual number stands for those that never arrived.
  const rate = Math.max(...[usualRate, nowRate].filter(Number.isFinite), 0) || 1;
  const trust = shift.pointsBefore / (shift.pointsBefore + EVEN_AT);
  const counted = family === "failures" && share === null;
  return {
    excess: counted ? rise : rise * rate * (family === "latency" ? secondsPer(series) : 1),
    significance: trust * significanceOf(shift.deviations),
    severity: family === "latency" ? (now > 0 ? rise / now : 0) : Math.min(1, counted ? rise / rate : rise),
    shift,
  };
}

/** The usual level and the mean of the trouble. Usual is the median of the baseline; where the time just before the trouble lay above it already, the least of that time. */
function levels(series: Series, values: Float64Array, observations: Observations): [number, number] {
  const median = quantileOfSorted(sortedFinite(valuesWithin(series.times, values, observations.baseline)), 0.5);
  const lead = leadIn(observations.baseline, observations.incident);
  const least = lead === null ? undefined : sortedFinite(valuesWithin(series.times, values, lead))[0];
  let sum = 0;
  let count = 0;
  for (const value of valuesWithin(series.times, values, observations.incident)) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return [least === undefined ? median : Math.max(median, least), count === 0 ? Number.NaN : sum / count];
}
