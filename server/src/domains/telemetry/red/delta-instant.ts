const MINUTE_MS = 60_000;
/** How far apart two flushes are at least. */
export const FLUSH_APART_MS = 100;
const INSTANTS = 10_000;

/**
 * When a delta of a minute is said to have happened: now, while the minute lasts, else an instant in its last ten seconds that differs from flush to flush. A store keeps one
 * value of a series at an instant, so two deltas must not share one; flushes are `FLUSH_APART_MS` apart at least.
 */
export function deltaInstant(minuteMs: number, nowMs: number): number {
  const last = minuteMs + MINUTE_MS - 1;
  if (nowMs >= minuteMs && nowMs <= last - INSTANTS) return nowMs;
  return last - (Math.floor(nowMs / FLUSH_APART_MS) % INSTANTS);
}
