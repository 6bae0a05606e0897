import type { OperationShift, OperationStatistics } from "../observations/observations.ts";
import type { LinkedSpan } from "./span-tree.ts";

interface Times {
  readonly durations: number[];
  readonly own: number[];
  errors: number;
  ownErrors: number;
}

interface Side {
  readonly spans: readonly LinkedSpan[];
  readonly minutes: number;
}

/** What each operation of each component did, before and during the trouble. */
export function operationShifts(baseline: Side, incident: Side): OperationShift[] {
  const [before, now] = [timesOf(baseline.spans), timesOf(incident.spans)];
  return [...new Set([...before.keys(), ...now.keys()])].sort().map((key) => {
    const [component = "", operation = ""] = key.split("\n");
    return {
      component,
      operation,
      baseline: statistics(before.get(key), baseline.minutes),
      incident: statistics(now.get(key), incident.minutes),
      ref: `operation:${component}/${operation}`,
    };
  });
}

function timesOf(spans: readonly LinkedSpan[]): Map<string, Times> {
  const all = new Map<string, Times>();
  for (const { span, parent, children, remote, selfMs } of spans) {
    const key = `${span.component}\n${span.operation}`;
    const times = all.get(key) ?? { durations: [], own: [], errors: 0, ownErrors: 0 };
    all.set(key, times);
    times.durations.push(span.durationMs);
    times.own.push(selfMs);
    if (!span.isError) continue;
    times.errors++;
    // What fails because something below it fails is the other's failure, and a call that was given up while the other one worked on tells of slowness.
    const isCall = remote !== null && parent?.component === span.component;
    if (!isCall && !children.some((child) => child.isError) && remote?.isError !== true) times.ownErrors++;
  }
  return all;
}

function statistics(times: Times | undefined, minutes: number): OperationStatistics {
  const count = times?.durations.length ?? 0;
  const durations = times?.durations.sort((a, b) => a - b) ?? [];
  const own = times?.own.sort((a, b) => a - b) ?? [];
  return {
    count,
    perMinute: count / minutes,
    errorShare: count === 0 ? 0 : (times?.errors ?? 0) / count,
    ownErrorShare: count === 0 ? 0 : (times?.ownErrors ?? 0) / count,
    medianMs: at(durations, 0.5),
    p95Ms: at(durations, 0.95),
    selfMs: at(own, 0.5),
    selfP95Ms: at(own, 0.95),
    selfTotalMs: own.reduce((sum, ms) => sum + ms, 0),
  };
}

/** The value below which a share of sorted values lies, with interpolation; NaN of none. */
export function at(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
