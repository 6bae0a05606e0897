import type { TraceLog, TraceSpan } from "../../../analysis/traces/trace-event.ts";

/** Lines that have not come after so long will not. */
const LATE_MS = 60_000;

/**
 * Up to when the lines of each component have come in: its newest one, and a minute ago at the latest. Senders hand lines over in batches, some seconds after
 * the spans that wrote them, and later under load: a span from after that has no lines yet, which is no trouble.
 */
export function logsArrivedUntil(
  spans: readonly TraceSpan[],
  logs: readonly TraceLog[],
  now: Date,
): ReadonlyMap<string, number> {
  const until = new Map(spans.map(({ component }) => [component, now.getTime() - LATE_MS]));
  for (const { component, atMs } of logs) until.set(component, Math.max(until.get(component) ?? atMs, atMs));
  return until;
}

/** Up to when the calls of all have come in: the end of the newest span, where one is known. A late sender makes the last minutes look like a fall. */
export function spansArrivedUntil(spans: readonly TraceSpan[]): number | null {
  return spans.length === 0 ? null : spans.reduce((last, one) => Math.max(last, one.startMs + one.durationMs), 0);
}
