import { quantileOfSorted, sortedFinite } from "../../detection/quantile.ts";
import { surpriseOfShares } from "../../detection/surprise.ts";
import { leadIn, valuesWithin } from "../../detection/windows.ts";
import type { Observations, OperationShift, Series } from "../../observations/observations.ts";
import { type CallSeries, failureShareOf, secondsPer } from "./call-series.ts";
import { creditOfCallers, type Views } from "./credit-of-callers.ts";
import { failedSpans } from "./failed-spans.ts";
import type { Credit } from "./modality.ts";
import { blameLinks, type LinkBlame } from "./operation-links.ts";
import type { SeriesShift } from "./series-shift.ts";
import { EVEN_AT, significanceOf } from "./significance.ts";

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
  /** The series that tells of it; null where only spans do. */
  readonly shift: SeriesShift | null;
  /** The operation whose spans tell of it, where no series does. */
  readonly operation: OperationShift | null;
}

/** What is known of the calls of one component. */
export interface ComponentTrouble extends Views {
  readonly latency: Trouble | null;
  readonly failures: Trouble | null;
  /** Calls now by calls before; null where nobody counted them. */
  readonly growth: number | null;
  /** 0..1: how surely `growth` is none of chance. */
  readonly growthSignificance: number;
}

/** The trouble of all components, and how far each is believed about those that it calls. */
export interface Troubles {
  readonly of: ReadonlyMap<string, ComponentTrouble>;
  readonly credit: Credit;
  /** How surely calls of a caller are slow on their way to the one that it calls (`blameLinks`). */
  readonly onTheWay: LinkBlame["onTheWay"];
}

/** Calls that nobody receives any more: fewer than this share of what is usual. */
export const ARRIVE_MIN = 0.5;
/** What is left of an explanation that only the accuser sees: others call the same component and are well, or it is well by its own measure. */
const ONLY_ACCUSER = 0.3;
const WELL_ITSELF = 0.6;

type Sight = Views & Pick<ComponentTrouble, "growth">;

/**
 * How far an accusation is borne out: by the component's own measure, or by what its other callers see of it.
 * @param credit of the accuser about this component (`creditOfCallers`)
 */
export function consensusOf(accuser: string, { ownView, seenBy, failsFor, growth }: Sight, credit: number): number {
  const others = [...seenBy].flatMap(([caller, sure]) => (caller === accuser ? [] : [sure]));
  if (others.length > 0) {
    const agreeing = others.reduce((sum, sure) => sum + sure, 0) / others.length;
    return Math.max(ownView ?? 0, ONLY_ACCUSER + (1 - ONLY_ACCUSER) * agreeing);
  }
  // Fewer calls that are all answered arrive: their caller makes fewer.
  const isLost = growth !== null && growth < ARRIVE_MIN && (failsFor.get(accuser) ?? 1) > 0.5;
  if (ownView === null || isLost) return credit;
  const alone = WELL_ITSELF * credit;
  return alone + (1 - alone) * ownView;
}

/** How much worse the calls of each component went than usual: by series of calls, and by failed spans where nobody has a series of failures. */
export function troubleOfComponents(
  observations: Observations,
  calls: ReadonlyMap<string, CallSeries>,
  shifts: ReadonlyMap<string, SeriesShift>,
): Troubles {
  const inSpans = failuresInSpans(observations);
  const silent: CallSeries = { traffic: null, latency: [], failures: [] };
  const keys = [...new Set([...calls.keys(), ...inSpans.keys()])];
  const views = new Map(keys.map((key) => [key, viewsOf(calls.get(key) ?? silent, shifts)]));
  const credit = creditOfCallers(observations, calls, shifts, views);
  const of = new Map(
    keys.map((key) => {
      const series = calls.get(key) ?? silent;
      const traffic = series.traffic === null ? undefined : shifts.get(series.traffic.id);
      const [before, now] =
        series.traffic === null
          ? [Number.NaN, Number.NaN]
          : levels(series.traffic, series.traffic.values, observations);
      const sight: Sight = {
        ...(views.get(key) ?? viewsOf(series, shifts)),
        growth: before > 0 && Number.isFinite(now) ? now / before : null,
      };
      const believed = (caller: string) => consensusOf(caller, sight, credit(caller, key));
      return [
        key,
        {
          latency: worst("latency", series, believed, shifts, observations),
          failures:
            series.failures.length > 0
              ? worst("failures", series, believed, shifts, observations)
              : (inSpans.get(key) ?? null),
          growthSignificance: significanceOf(traffic?.deviations ?? 0),
          ...sight,
        },
      ] as const;
    }),
  );
  return { of, credit, onTheWay: blameLinks(observations).onTheWay };
}

/** Failed spans of each component, by the operation that lost most; a span that failed because of what it called counts too, as it does in a series of errors. */
function failuresInSpans(observations: Observations): ReadonlyMap<string, Trouble> {
  const found = new Map<string, Trouble>();
  for (const operation of observations.operations) {
    const { before, now, rise } = failedSpans(operation, observations, "all");
    if (rise <= 0) continue;
    const trouble = {
      excess: (rise * operation.incident.perMinute) / 60,
      significance: significanceOf(Math.sqrt(2 * surpriseOfShares(before, now))),
      severity: rise,
      shift: null,
      operation,
    };
    const known = found.get(operation.component);
    if (known === undefined || trouble.excess * trouble.significance > known.excess * known.significance)
      found.set(operation.component, trouble);
  }
  return found;
}

function viewsOf({ latency, failures }: CallSeries, shifts: ReadonlyMap<string, SeriesShift>): Views {
  let ownView: number | null = null;
  const seenBy = new Map<string, number>();
  const failsFor = new Map<string, number>();
  for (const series of [...latency, ...failures]) {
    const shift = shifts.get(series.id);
    // Without values before and in the trouble it is no view at all, and none that all is well.
    if (shift === undefined || shift.pointsBefore === 0 || shift.pointsNow === 0) continue;
    const sure = significanceOf(shift.deviations);
    if (series.callee === null) ownView = Math.max(ownView ?? 0, sure);
    else {
      seenBy.set(series.component, Math.max(seenBy.get(series.component) ?? 0, sure));
      if (series.measure !== "latency") failsFor.set(series.component, sure);
    }
  }
  return { ownView, seenBy, failsFor };
}

/** Of its own view and those of its callers, as far as they are borne out, the one that lost more: they differ where calls never arrive. */
function worst(
  family: TroubleFamily,
  series: CallSeries,
  believedOf: (caller: string) => number,
  shifts: ReadonlyMap<string, SeriesShift>,
  observations: Observations,
): Trouble | null {
  let best: Trouble | null = null;
  for (const view of series[family]) {
    const shift = shifts.get(view.id);
    const seen = shift === undefined ? null : troubleOf(family, view, series.traffic, shift, observations);
    if (seen === null) continue;
    const believed = view.callee === null ? 1 : believedOf(view.component);
    const trouble = { ...seen, significance: seen.significance * believed, excess: seen.excess * believed };
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
    operation: null,
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
