import type { TimeWindow } from "../telemetry-port.ts";

const DAY_MS = 86_400_000;

/** Times that are believed: not older than what is kept (0 days is for ever), not further ahead than a clock may go wrong. */
export function timeBounds(nowMs: number, keepDays: number): TimeWindow {
  return { fromMs: keepDays === 0 ? 0 : nowMs - keepDays * DAY_MS, toMs: nowMs + 60 * 60_000 };
}
