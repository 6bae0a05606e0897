import { valuesWithin } from "../../detection/windows.ts";
import type { Interval, Observations, Series } from "../../observations/observations.ts";
import { shiftOfSeries } from "./series-shift.ts";
import { significanceOf } from "./significance.ts";

/** From this significance on calls are said to fail. */
const FAIL_MIN = 0.5;

/**
 * Components whose series all ended while their callers go on to measure calls to them that do not fail: what died is the telemetry, since who is dead answers
 * nobody.
 */
export function lostTelemetry(observations: Observations): ReadonlySet<string> {
  const { baseline, incident } = observations;
  const own = Map.groupBy(observations.series, ({ component }) => component);
  const calls = Map.groupBy(
    observations.series.filter(({ callee }) => callee !== null),
    ({ callee }) => callee,
  );
  const lost = new Set<string>();
  for (const [component, series] of own) {
    const spoke = series.filter((one) => hasValues(one, baseline));
    if (spoke.length === 0 || spoke.some((one) => hasValues(one, endOf(incident)))) continue;
    const seen = (calls.get(component) ?? []).filter(
      (one) => one.component !== component && hasValues(one, endOf(incident)),
    );
    if (seen.length > 0 && !failures(observations, seen).some((one) => fails(one, observations))) lost.add(component);
  }
  return lost;
}

/** What callers measured of failures: of these calls, or of all that they do where these are not told apart. */
function failures(observations: Observations, seen: readonly Series[]): Series[] {
  const isFailure = ({ measure }: Series) => measure === "errors" || measure === "availability";
  const told = seen.filter(isFailure);
  if (told.length > 0) return told;
  const callers = new Set(seen.map(({ component }) => component));
  return observations.series.filter((one) => one.callee === null && callers.has(one.component) && isFailure(one));
}

function fails(series: Series, observations: Observations): boolean {
  return significanceOf(shiftOfSeries(series, observations).deviations) >= FAIL_MIN;
}

/** The second half of the trouble: what ended with it or in its course is gone by then. */
function endOf({ from, to }: Interval): Interval {
  return { from: (from + to) / 2, to };
}

function hasValues({ times, values }: Series, range: Interval): boolean {
  return valuesWithin(times, values, range).some(Number.isFinite);
}
