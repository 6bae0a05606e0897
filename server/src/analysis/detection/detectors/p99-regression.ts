import type { DetectorSettings } from "@culprit/contract";
import { heldFor } from "./hold.ts";
import { duration, type Seen, unknown } from "./seen.ts";
import { countsBefore, levelBefore, type Stream, type Usual } from "./stream.ts";

/** The time before the window from which the recent level is taken, and how much of it must be there. */
const RECENT_MS = 3_600_000;
const RECENT_PRESENT_MIN = 0.25;

/**
 * The slowest requests have become slower: the median p99 of the window is above `factor` times the baseline, and by a
 * difference that somebody feels. The baseline is the higher of the hour before and of the same hour of earlier days, so
 * that neither a daily peak nor a slow afternoon fires; one that stands is judged by the baseline that it began with. What
 * waits by design (long polls) and what has too little traffic is not judged.
 */
export function p99Regression(
  stream: Stream,
  settings: DetectorSettings["p99_regression"],
  usual: Usual,
  standing: { readonly baseline: number | null } | null,
): Seen {
  const { factor, increase_ms_min, window_s, for_s, requests_per_minute_min, long_poll_ms } = settings;
  const windowMs = window_s * 1000;
  const steps = stream.requests.length;
  const baseline = standing?.baseline ?? baselineOf(stream, windowMs + for_s * 1000, usual);
  if (baseline === null) return unknown("There is no history to compare its p99 with yet.");
  if (baseline >= long_poll_ms)
    return unknown(`Its p99 is usually ${duration(baseline)}: it waits by design and is not judged.`);
  const requestsMin = (requests_per_minute_min * window_s) / 60;
  const threshold = Math.max(baseline * factor, baseline + increase_ms_min);
  const isSlow = (end: number): boolean | null => {
    const level = levelBefore(stream.p99, stream.stepMs, end, windowMs);
    if (!Number.isFinite(level) || countsBefore(stream, end, windowMs).requests < requestsMin) return null;
    return level > threshold;
  };
  if (isSlow(steps) === null)
    return unknown(`Too few requests in ${window_s} s to judge its p99 (${Math.ceil(requestsMin)} are asked for).`);
  const held = heldFor({ ...stream, steps }, for_s * 1000, isSlow);
  const value = levelBefore(stream.p99, stream.stepMs, steps, windowMs);
  return {
    state: held.isFiring ? "firing" : "quiet",
    text: `Its p99 is ${duration(value)}; ${duration(baseline)} is usual, and ${duration(threshold)} is the limit.`,
    sinceMs: held.sinceMs,
    value,
    threshold,
    baseline,
  };
}

/** How many values of its p99 are known in the hour that gives the baseline, and how many are asked for before it is one. */
export function historyOfP99(
  { p99, stepMs }: Stream,
  { window_s, for_s }: Pick<DetectorSettings["p99_regression"], "window_s" | "for_s">,
): { readonly known: number; readonly needed: number } {
  const recent = recentOf(p99, stepMs, (window_s + for_s) * 1000);
  return { known: recent.filter(Number.isFinite).length, needed: Math.ceil(RECENT_PRESENT_MIN * (RECENT_MS / stepMs)) };
}

function recentOf(p99: Float64Array, stepMs: number, judgedMs: number): Float64Array {
  const end = Math.max(0, p99.length - Math.round(judgedMs / stepMs));
  return p99.subarray(Math.max(0, end - Math.round(RECENT_MS / stepMs)), end);
}

/** Null at a cold start. */
function baselineOf({ p99, stepMs }: Stream, judgedMs: number, usual: Usual): number | null {
  const end = p99.length - Math.round(judgedMs / stepMs);
  const recentSteps = Math.round(RECENT_MS / stepMs);
  const recent = recentOf(p99, stepMs, judgedMs);
  const isKnown = recent.filter(Number.isFinite).length >= RECENT_PRESENT_MIN * recentSteps;
  const level = isKnown ? levelBefore(p99, stepMs, end, RECENT_MS) : Number.NaN;
  const known = [level, usual.p99].filter(Number.isFinite);
  return known.length === 0 ? null : Math.max(...known);
}
