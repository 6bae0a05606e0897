import { quantileOfSorted, sortedFinite } from "../../detection/quantile.ts";
import { valuesWithin } from "../../detection/windows.ts";
import type { Observations, Series } from "../../observations/observations.ts";

/** The series that tell how calls of a component went: how many, how long, how many failed. */
export interface CallSeries {
  readonly traffic: Series | null;
  /** Its own view and that of each of its callers. */
  readonly latency: readonly Series[];
  /** Errors as a count or a share, or availability; its own view and that of each of its callers. */
  readonly failures: readonly Series[];
}

/** Averages add up over calls, so they come first; a high percentile hides how many calls were slow. */
const statistics: readonly (string | null)[] = ["average", "p50", null, "p75", "p90", "p95", "p99", "max"];
const countsRequests =
  /request|req\b|reqs|call|invocation|hit|load|lod|qps|rps|transaction|throughput|message|quer(y|ies)|command|operation/iu;

/** The series of calls of every component, as itself measured them and as its callers did. */
export function callSeriesOf(observations: Observations): ReadonlyMap<string, CallSeries> {
  const own = new Map<string, Series[]>();
  const seen = new Map<string, Series[]>();
  for (const series of observations.series) {
    const [list, key] = series.callee === null ? [own, series.component] : [seen, series.callee];
    const known = list.get(key);
    if (known === undefined) list.set(key, [series]);
    else known.push(series);
  }
  return new Map(
    [...new Set([...own.keys(), ...seen.keys()])].map((key) => {
      const mine = own.get(key) ?? [];
      const others = [...new Set((seen.get(key) ?? []).map(({ component }) => component))].map((caller) =>
        (seen.get(key) ?? []).filter(({ component }) => component === caller),
      );
      const views = (pick: (list: readonly Series[]) => Series | null) =>
        [mine, ...others].flatMap((list) => pick(list) ?? []);
      const traffic = (list: readonly Series[]) =>
        list.find(({ measure, metric }) => measure === "traffic" && countsRequests.test(metric)) ?? null;
      return [
        key,
        {
          traffic: traffic(mine) ?? traffic(seen.get(key) ?? []),
          latency: views((list) => byStatistic(list.filter(({ measure }) => measure === "latency"))),
          failures: views(
            (list) =>
              list.find(({ measure }) => measure === "errors") ??
              list.find(({ measure }) => measure === "availability") ??
              null,
          ),
        },
      ];
    }),
  );
}

function byStatistic(list: readonly Series[]): Series | null {
  const rank = ({ statistic }: Series) => {
    const place = statistics.indexOf(statistic);
    return place < 0 ? statistics.length : place;
  };
  return list.reduce<Series | null>((best, one) => (best === null || rank(one) < rank(best) ? one : best), null);
}

/** What a failure series says as a share of calls that failed; null where it counts failures instead. */
export function failureShareOf(series: Series, observations: Observations): Float64Array | null {
  const before = sortedFinite(valuesWithin(series.times, series.values, observations.baseline));
  const all = before.length > 0 ? before : sortedFinite(series.values);
  const high = quantileOfSorted(all, 1);
  if (series.measure === "availability") {
    const whole = high > 1.5 || series.unit === "%" ? 100 : 1;
    return high > whole * 1.01 ? null : series.values.map((value) => Math.min(1, Math.max(0, 1 - value / whole)));
  }
  if (series.unit === "%") return series.values.map((value) => value / 100);
  const isShare = /ratio|share|percent|pct|_rate\b|rate$/iu.test(series.metric) && series.unit !== "1/s";
  return isShare && high <= 1 ? series.values.map((value) => Math.min(1, value)) : null;
}

/** What the values of a latency series are to be multiplied by to be seconds. */
export function secondsPer(series: Series): number {
  const unit = (
    series.unit ??
    /(?:^|[_.-])(ms|millis|milliseconds|us|micros|microseconds|ns|nanoseconds)$/iu.exec(series.metric)?.[1] ??
    "s"
  ).toLowerCase();
  if (unit.startsWith("ms") || unit.startsWith("milli")) return 1e-3;
  if (unit.startsWith("us") || unit.startsWith("µs") || unit.startsWith("micro")) return 1e-6;
  return unit.startsWith("ns") || unit.startsWith("nano") ? 1e-9 : 1;
}
