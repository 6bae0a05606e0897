import { absenceOf } from "../../detection/absence.ts";
import { usualStep } from "../../detection/align-series.ts";
import { leadIn, valuesWithin } from "../../detection/windows.ts";
import type { ScorePart } from "../../observations/component-score.ts";
import type { Interval, Measure, Observations } from "../../observations/observations.ts";
import { lostTelemetry } from "./lost-telemetry.ts";

/** A component is silent when so many of its series that used to speak do not. */
const SHARE_MIN = 0.5;
/** Where so many components fall silent at once it is the collector that died. */
const COLLECTOR_SHARE = 0.5;
const POINTS_MIN = 5;
const callMeasures: ReadonlySet<Measure> = new Set(["latency", "errors", "availability"]);

/**
 * Missing data as a signal: components whose series used to come and stopped in the trouble, judged by each series' own regularity (`absenceOf`). Says nothing where
 * most of what is watched fell silent together, nor of who still answers its callers (`lostTelemetry`).
 */
export function scoreSilence(observations: Observations): ReadonlyMap<string, ScorePart> {
  const { baseline, incident } = observations;
  const byComponent = new Map<
    string,
    { spoke: number; silent: number; surprise: number; ref: string; metric: string }
  >();
  const counted = new Set(
    observations.series
      .filter(({ measure, times, values }) => measure === "traffic" && countFinite(times, values, incident) > 0)
      .map(({ component }) => component),
  );
  const lead = leadIn(baseline, incident);
  for (const series of observations.series) {
    // Who says that nobody called is not silent: there is nothing to say of calls then.
    if (counted.has(series.component) && callMeasures.has(series.measure)) continue;
    const step = usualStep(series.times);
    if (!(step > 0)) continue;
    const before = countFinite(series.times, series.values, baseline);
    if (before < POINTS_MIN) continue;
    const isOldNews = lead !== null && countFinite(series.times, series.values, lead) === 0;
    const expectedNow = Math.floor((incident.to - incident.from) / step);
    const absence = absenceOf(
      before,
      Math.max(before, Math.floor((baseline.to - baseline.from) / step)),
      countFinite(series.times, series.values, incident),
      expectedNow,
    );
    const known = byComponent.get(series.component) ?? {
      spoke: 0,
      silent: 0,
      surprise: 0,
      ref: series.ref,
      metric: series.metric,
    };
    known.spoke += 1;
    if (!isOldNews && absence.surprise > 0.95 && absence.presentNow < 0.5 * absence.presentBefore) {
      if (absence.surprise > known.surprise)
        Object.assign(known, { ref: series.ref, metric: series.metric, surprise: absence.surprise });
      known.silent += 1;
    }
    byComponent.set(series.component, known);
  }
  const all = [...byComponent.entries()];
  const silent = all.filter(([, one]) => one.silent >= SHARE_MIN * one.spoke);
  if (silent.length > COLLECTOR_SHARE * all.length) return new Map();
  const lost = silent.length === 0 ? new Set<string>() : lostTelemetry(observations);
  return new Map(
    silent
      .filter(([component]) => !lost.has(component))
      .map(([component, one]) => [
        component,
        {
          method: "missing_data",
          strength: (one.surprise * one.silent) / one.spoke,
          text: `${one.silent} of ${one.spoke} series stopped, ${one.metric} among them`,
          ref: one.ref,
        },
      ]),
  );
}

function countFinite(times: Float64Array, values: Float64Array, range: Interval): number {
  let count = 0;
  for (const value of valuesWithin(times, values, range)) if (Number.isFinite(value)) count += 1;
  return count;
}
