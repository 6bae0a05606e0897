import type { MetricSeries } from "@culprit/contract";
import type { PlotLine } from "../plot/line-plot.tsx";

export const redMetrics = ["culprit.red.requests", "culprit.red.errors", "culprit.red.duration_p99"] as const;

export interface Red {
  /** Requests a minute. */
  readonly requests: PlotLine | null;
  /** Of 100 requests, how many failed. */
  readonly errors: PlotLine | null;
  /** Milliseconds that 99 of 100 requests stay below. */
  readonly p99: PlotLine | null;
}

/** The three key series of a service, out of those of its own without labels: others are of a route or of a call. */
export function redOf({ items }: Pick<MetricSeries, "items">): Red {
  const [requests, errors, p99] = redMetrics.map((metric) => items.find((one) => one.metric === metric));
  if (!requests) return { requests: null, errors: null, p99: null };
  const failed = new Map(errors?.times.map((at, index) => [at, errors.values[index] ?? 0]));
  return {
    requests: { name: "requests", times: requests.times, values: requests.values.map((value) => value * 60) },
    errors: {
      name: "errors",
      times: requests.times,
      values: requests.times.map((at, index) => {
        const all = requests.values[index] ?? 0;
        return all === 0 ? 0 : Math.min(100, (100 * (failed.get(at) ?? 0)) / all);
      }),
    },
    p99: p99 ? { name: "p99", times: p99.times, values: p99.values } : null,
  };
}
