/** How long requests of one route usually took, from hour to hour. */
export interface LatencyHistory {
  /** Hours that are known. */
  readonly hours: number;
  /** The p99 that nine of ten hours stayed below, in milliseconds. */
  readonly usualMs: number;
}

/** An hour is no history, and a night is not a day. */
const HOURS_MIN = 24;
/** Three times what is slow already: a request that nobody would call usual. */
const FACTOR = 3;
/** What people wait for without a thought; below, slower is not slow (Nielsen's second, halved). */
const FLOOR_MS = 500;

/**
 * How long a request of a route may take before it is a failure of latency: three times the p99 that its own hours stayed below, and
 * `defaultMs` while less than a day is known. 0 switches it off.
 */
export function latencyThreshold(history: LatencyHistory | null, defaultMs: number): number {
  if (defaultMs <= 0) return Number.POSITIVE_INFINITY;
  if (history === null || history.hours < HOURS_MIN || !(history.usualMs > 0)) return defaultMs;
  return Math.max(FLOOR_MS, Math.round(FACTOR * history.usualMs));
}
