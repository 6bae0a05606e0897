const MINUTE_MS = 60_000;

/**
 * When a delta of a minute is said to have happened: now, while the minute lasts, else an instant in its last second that differs from flush to flush. A store keeps one
 * value of a series at an instant, so two deltas must not share one; flushes are a second apart at least.
 */
export function deltaInstant(minuteMs: number, nowMs: number): number {
  const last = minuteMs + MINUTE_MS - 1;
  if (nowMs >= minuteMs && nowMs < last - 1_000) return nowMs;
  return last - (Math.floor(nowMs / 1_000) % 1_000);
}
