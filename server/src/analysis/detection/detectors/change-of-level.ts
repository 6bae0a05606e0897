import type { DetectorSettings } from "@culprit/contract";
import { findChangePoint } from "../change-point.ts";
import { duration, percent, type Seen, unknown } from "./seen.ts";
import { countsBefore, levelBefore, type Stream } from "./stream.ts";

const POINTS_MIN = 20;

/**
 * The level of a series has moved and stays there: the strongest cut of the last hour (change-point.ts) is no chance, moves the
 * level by at least `change_min` of itself, and is `for_s` old. One that stands ends when half of the way back is gone.
 */
export function changeOfLevel(
  stream: Stream,
  settings: DetectorSettings["change_point"],
  standing: { readonly baseline: number | null } | null,
): Seen {
  const { measure, direction, change_min, requests_per_minute_min, for_s } = settings;
  const { stepMs, toMs } = stream;
  const values = measure === "errors" ? ratios(stream) : stream[measure];
  const steps = values.length;
  const known = values.filter(Number.isFinite).length;
  const windowMs = Math.max(for_s * 1000, stepMs);
  const floor = (requests_per_minute_min * 3600) / 60;
  if (known < POINTS_MIN || countsBefore(stream, steps, 3_600_000).requests < floor * (known / steps))
    return unknown("Too little was told in the last hour to look for a change of level.");
  const level = levelBefore(values, stepMs, steps, windowMs);
  if (!Number.isFinite(level)) return unknown("Nothing was told just now.");
  const told = (value: number) =>
    measure === "p99" ? duration(value) : measure === "errors" ? percent(value) : `${value.toFixed(1)} a second`;
  const name = measure === "p99" ? "p99" : measure === "errors" ? "share of errors" : "traffic";
  if (standing?.baseline != null) {
    const isStill = moved(standing.baseline, level, change_min / 2, direction);
    return {
      state: isStill ? "firing" : "quiet",
      text: `Its ${name} is ${told(level)}, from ${told(standing.baseline)} before.`,
      sinceMs: isStill ? toMs - stepMs : null,
      ...{ value: level, threshold: null, baseline: standing.baseline },
    };
  }
  const found = findChangePoint(values, 0.01 * Math.abs(level));
  const since = found === null ? null : toMs - (steps - found.index) * stepMs;
  const isChange = found !== null && moved(found.before, found.after, change_min, direction);
  return {
    state: isChange && since !== null && toMs - since >= for_s * 1000 ? "firing" : "quiet",
    text:
      isChange && found !== null
        ? `Its ${name} went from ${told(found.before)} to ${told(found.after)} and stays there.`
        : `The level of its ${name} did not change.`,
    sinceMs: isChange ? since : null,
    value: level,
    threshold: null,
    baseline: found?.before ?? null,
  };
}

function ratios({ requests, errors }: Stream): Float64Array {
  return requests.map((rate, at) =>
    rate > 0 ? (Number.isFinite(errors[at]) ? (errors[at] ?? 0) : 0) / rate : Number.NaN,
  );
}

function moved(before: number, after: number, least: number, direction: "up" | "down" | "both"): boolean {
  const change = (after - before) / Math.max(Math.abs(before), 1e-9);
  if (direction === "up") return change >= least;
  if (direction === "down") return -change >= least;
  return Math.abs(change) >= least;
}
