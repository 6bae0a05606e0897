import { median } from "../quantile.ts";

/** Requests of a service, or of one of its routes, on an even grid that ends at `toMs`. NaN where nothing was told. */
export interface Stream {
  readonly stepMs: number;
  readonly toMs: number;
  /** A second. */
  readonly requests: Float64Array;
  /** 5xx a second; missing beside requests means none. */
  readonly errors: Float64Array;
  /** Milliseconds. */
  readonly p99: Float64Array;
}

/** How a stream usually is at this hour, from the days before; NaN where that is not known. */
export interface Usual {
  readonly requests: number;
  /** 0..1 */
  readonly errorRatio: number;
  readonly p99: number;
}

export const unknownUsual: Usual = { requests: Number.NaN, errorRatio: Number.NaN, p99: Number.NaN };

/** What happened in a part of a stream. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
  /** Share of the steps that told anything, 0..1. */
  readonly present: number;
}

/** Requests and errors in the `windowMs` before the step `end` (excluded, counted from the beginning of the grid). */
export function countsBefore({ stepMs, requests, errors }: Stream, end: number, windowMs: number): Counts {
  const steps = Math.max(1, Math.round(windowMs / stepMs));
  let [sum, failed, present] = [0, 0, 0];
  for (let at = Math.max(0, end - steps); at < end; at += 1) {
    const rate = requests[at] ?? Number.NaN;
    if (!Number.isFinite(rate)) continue;
    const bad = errors[at] ?? Number.NaN;
    sum += rate;
    failed += Number.isFinite(bad) ? Math.min(bad, rate) : 0;
    present += 1;
  }
  const scale = stepMs / 1000;
  return { requests: sum * scale, errors: failed * scale, present: present / steps };
}

/** The median of what was told in the `windowMs` before the step `end`; NaN without anything. */
export function levelBefore(values: Float64Array, stepMs: number, end: number, windowMs: number): number {
  const steps = Math.max(1, Math.round(windowMs / stepMs));
  return median(values.subarray(Math.max(0, end - steps), end));
}
