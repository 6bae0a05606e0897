import type { MetricSeries } from "@culprit/contract";
import type { PlotLine } from "../plot/line-plot.tsx";
import { type StepWindow, stepsOf } from "./whole-steps.ts";

export const redMetrics = ["culprit.red.requests", "culprit.red.errors", "culprit.red.duration_p99"] as const;

export interface Red {
  /** Requests a minute. */
  readonly requests: PlotLine | null;
  /** Of 100 requests, how many failed. */
  readonly errors: PlotLine | null;
  /** Milliseconds that 99 of 100 requests stay below. */
  readonly p99: PlotLine | null;
}

/**
 * The three key series of a service over a window, out of those of its own without labels: others are of a route or of a call. From its first request on a step in
 * which nothing came is zero requests: who fell silent must not look like before.
 */
export function redOf({ items }: Pick<MetricSeries, "items">, window: StepWindow): Red {
  const [requests, errors, p99] = redMetrics.map((metric) => items.find((one) => one.metric === metric));
  if (!requests) return { requests: null, errors: null, p99: null };
  const times = stepsOf(window);
  const [asked, failed, slow] = [requests, errors, p99].map(
    (one) => new Map(one?.times.map((at, index) => [at, one.values[index] ?? 0])),
  );
  const first = requests.times[0] ?? Number.POSITIVE_INFINITY;
  const line = (name: string, valueAt: (at: number) => number | null): PlotLine => ({
    ...{ name, times },
    values: times.map(valueAt),
  });
  return {
    requests: line("requests", (at) => (at < first ? null : (asked?.get(at) ?? 0) * 60)),
    errors: line("errors", (at) => {
      const all = asked?.get(at) ?? 0;
      return all === 0 ? null : Math.min(100, (100 * (failed?.get(at) ?? 0)) / all);
    }),
    p99: p99 ? line("p99", (at) => slow?.get(at) ?? null) : null,
  };
}
