import { quantileOfSorted, sortedFinite } from "../../detection/quantile.ts";
import { leadIn, valuesWithin } from "../../detection/windows.ts";
import type { Observations, Series } from "../../observations/observations.ts";
import type { CallGraph } from "./call-graph.ts";
import { type CallSeries, failureShareOf, secondsPer } from "./call-series.ts";
import type { SeriesShift } from "./series-shift.ts";

export const troubleFamilies = ["latency", "failures"] as const;
export type TroubleFamily = (typeof troubleFamilies)[number];

/** How much of one kind of trouble arises in a component. */
export interface OwnTrouble {
  /** Seconds waited or calls failed beyond the usual, for each step of time. */
  readonly excess: number;
  /** The part of the excess that the components it calls do not explain. */
  readonly own: number;
  /** `own` as a share of that of all components, 0..1. */
  readonly share: number;
  /** 0..1: how surely the excess is none of chance. */
  readonly significance: number;
  readonly shift: SeriesShift;
}

/** At so many standard deviations an excess is as likely real as not. */
const EVEN_AT = 3;

/**
 * Conditional anomaly along the call graph: where trouble arises, not where it shows. Each component's excess (extra seconds waited, extra calls failed:
 * calls times what each lost) is compared with that of the components it calls; only what those do not explain is its own. A callee's excess is divided among
 * its callers by their own excess. This is the traversal rule (an anomalous node whose callees are not anomalous; Chen et al., CauseInfer, INFOCOM 2014; Lin et
 * al., MicroScope, ICSOC 2018; circa's regression on parents, Li et al., KDD 2022), with amounts in place of yes and no, so that
 * a rarely called edge proxy that sees the same slow calls does not tie with the service behind it.
 */
export function attributeTrouble(
  family: TroubleFamily,
  observations: Observations,
  graph: CallGraph,
  calls: ReadonlyMap<string, CallSeries>,
  shifts: ReadonlyMap<string, SeriesShift>,
): ReadonlyMap<string, OwnTrouble> {
  const seen = new Map<string, { excess: number; significance: number; shift: SeriesShift }>();
  for (const [key, series] of calls) {
    const measured = family === "latency" ? series.latency : series.failures;
    const shift = measured === null ? undefined : shifts.get(measured.id);
    if (measured === null || shift === undefined) continue;
    const excess = excessOf(family, measured, series.traffic, observations);
    if (excess === null) continue;
    const trust = shift.pointsBefore / (shift.pointsBefore + EVEN_AT);
    const significance = (trust * shift.deviations ** 3) / (shift.deviations ** 3 + EVEN_AT ** 3);
    seen.set(key, { excess, significance, shift });
  }
  const sure = (key: string) => (seen.get(key)?.excess ?? 0) * (seen.get(key)?.significance ?? 0);
  const own = new Map<string, number>();
  let total = 0;
  for (const [key, { excess, significance }] of seen) {
    let explained = 0;
    for (const callee of graph.callees.get(key) ?? []) {
      const all = (graph.callers.get(callee) ?? []).reduce((sum, caller) => sum + (seen.get(caller)?.excess ?? 0), 0);
      explained += sure(callee) * (all > 0 ? excess / all : 1);
    }
    const amount = Math.max(0, excess - explained) * significance;
    own.set(key, amount);
    if (graph.reach.has(key)) total += amount;
  }
  return new Map(
    [...seen].map(([key, one]) => {
      const amount = own.get(key) ?? 0;
      return [key, { ...one, own: amount, share: total > 0 ? Math.min(1, amount / total) : 0 }];
    }),
  );
}

/** What each step of time lost beyond the usual; null without values in both times. */
function excessOf(
  family: TroubleFamily,
  series: Series,
  traffic: Series | null,
  observations: Observations,
): number | null {
  const share = family === "failures" ? failureShareOf(series, observations) : null;
  const values = share ?? series.values;
  const now = meanWithin(series.times, values, observations.incident);
  const usual = usualWithin(series.times, values, observations);
  if (!Number.isFinite(now) || !Number.isFinite(usual)) return null;
  const rise = Math.max(0, now - usual);
  if (family === "failures" && share === null) return rise;
  const rate = traffic === null ? Number.NaN : meanWithin(traffic.times, traffic.values, observations.incident);
  // Without a count of calls a call counts as one, so that those which nobody counts compare with each other.
  return rise * (Number.isFinite(rate) ? rate : 1) * (family === "latency" ? secondsPer(series) : 1);
}

function meanWithin(times: Float64Array, values: Float64Array, range: { from: number; to: number }): number {
  let sum = 0;
  let count = 0;
  for (const value of valuesWithin(times, values, range)) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** The median of the baseline; where the time just before the trouble lay above it already, the least of that time. */
function usualWithin(times: Float64Array, values: Float64Array, observations: Observations): number {
  const median = quantileOfSorted(sortedFinite(valuesWithin(times, values, observations.baseline)), 0.5);
  const lead = leadIn(observations.baseline, observations.incident);
  const before = lead === null ? [] : sortedFinite(valuesWithin(times, values, lead));
  const least = before[0];
  return least === undefined ? median : Math.max(median, least);
}
