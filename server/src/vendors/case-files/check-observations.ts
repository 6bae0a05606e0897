import type { Interval, Observations } from "../../analysis/observations/observations.ts";

/** Nothing that is measured is so large: nanoseconds since 1970 are 2e18, all data stored on Earth 1e24 bytes. */
export const measurableMax = 1e24;

/** The observations without values that nothing can measure, with a sentence in `gaps` for them and for a time in which nothing lies. */
export function checkObservations(observations: Observations): Observations {
  let absurd = 0;
  const series = observations.series.map((one) => {
    const left = one.values.reduce((count, value) => (Math.abs(value) > measurableMax ? count + 1 : count), 0);
    if (left === 0) return one;
    absurd += left;
    return { ...one, values: one.values.map((value) => (Math.abs(value) > measurableMax ? Number.NaN : value)) };
  });
  const gaps = [...observations.gaps];
  if (absurd > 0) gaps.unshift(absurdValues(absurd));
  gaps.unshift(...emptyTimes({ ...observations, series }));
  return { ...observations, series, gaps };
}

/** That so many values were left out, and why. */
export function absurdValues(count: number): string {
  return `${count} ${count === 1 ? "value" : "values"} of metrics ${count === 1 ? "was" : "were"} left out: larger than anything that can be measured (over 1e24).`;
}

function emptyTimes({ series, baseline, incident }: Observations): string[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const has = { baseline: false, incident: false };
  const within = (time: number, { from, to }: Interval) => time >= from && time < to;
  for (const { times } of series)
    for (const time of times) {
      if (time < first) first = time;
      if (time > last) last = time;
      has.baseline ||= within(time, baseline);
      has.incident ||= within(time, incident);
    }
  if (!Number.isFinite(first)) return [];
  const said = ({ from, to }: Interval) => `${instant(from)} – ${instant(to)}`;
  const rows = `the metrics reach from ${instant(first)} to ${instant(last)}`;
  return [
    ...(has.baseline ? [] : [`No row of the metrics lies in the baseline (${said(baseline)}): ${rows}.`]),
    ...(has.incident ? [] : [`No row of the metrics lies in the incident (${said(incident)}): ${rows}.`]),
  ];
}

function instant(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : "unknown";
}
