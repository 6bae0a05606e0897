import type { DetectorSettings } from "@culprit/contract";
import { type Seen, unknown } from "./seen.ts";

/** Restarts of the containers of a service, on an even grid that ends at `toMs`. NaN where nothing was told. */
export interface Restarts {
  readonly stepMs: number;
  readonly toMs: number;
  /** For each series the restarts of each step. */
  readonly series: readonly Float64Array[];
}

/** One container began again too often within the window. Restarts of different containers are no loop: a rollout restarts all of them once. */
export function crashLoop({ stepMs, toMs, series }: Restarts, settings: DetectorSettings["crashloop"]): Seen {
  const { restarts, window_s } = settings;
  const steps = Math.max(1, Math.round((window_s * 1000) / stepMs));
  let worst: { count: number; firstAt: number } | null = null;
  for (const values of series) {
    const from = Math.max(0, values.length - steps);
    let [count, first, isKnown] = [0, -1, false];
    for (let at = from; at < values.length; at += 1) {
      const value = values[at] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      isKnown = true;
      if (value > 0 && first < 0) first = at;
      count += value;
    }
    if (!isKnown || (worst !== null && count <= worst.count)) continue;
    worst = { count, firstAt: first < 0 ? toMs : toMs - (values.length - first) * stepMs };
  }
  if (worst === null) return unknown(`No restarts were told of in ${window_s} s.`);
  const count = Math.round(worst.count);
  const isLoop = count >= restarts;
  return {
    state: isLoop ? "firing" : "quiet",
    text: `A container began again ${count} times in ${Math.round(window_s / 60)} min; ${restarts} make a loop.`,
    sinceMs: isLoop ? worst.firstAt : null,
    value: count,
    threshold: restarts,
    baseline: 0,
  };
}

/** Growth of a counter that is told as a gauge (`k8s.container.restarts`): differences upwards, what it shows after it began again at 0. */
export function growthOf(values: Float64Array): Float64Array {
  const growth = new Float64Array(values.length).fill(Number.NaN);
  let last = Number.NaN;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    growth[at] = Number.isFinite(last) ? (value >= last ? value - last : value) : 0;
    last = value;
  }
  return growth;
}
