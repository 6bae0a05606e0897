import type { TimeWindow } from "../telemetry-port.ts";

const DAY_MS = 86_400_000;

/** Times that are believed: not older than retention keeps, not further ahead than a clock may go wrong. */
export function timeBounds(nowMs: number): TimeWindow {
  return { fromMs: nowMs - 31 * DAY_MS, toMs: nowMs + 60 * 60_000 };
}
