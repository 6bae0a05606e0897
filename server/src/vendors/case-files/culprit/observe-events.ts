import type { CaseLog, CaseSpan } from "@culprit/contract";
import type { Interval } from "../../../analysis/observations/observations.ts";
import { type ObservedTraces, observeTraces } from "../../../analysis/traces/observe-traces.ts";
import type { TraceWindow } from "../../../analysis/traces/trace-event.ts";
import { mineLogs } from "../nezha/mine-logs.ts";

const MINUTE_MS = 60_000;

/** What log lines and spans of the two times say; those of neither time are left out. */
export function observeEvents(input: {
  readonly baseline: Interval;
  readonly incident: Interval;
  readonly logs: readonly CaseLog[];
  readonly spans: readonly CaseSpan[];
}): ObservedTraces {
  const { baseline, incident } = input;
  const lines = input.logs.map((log) => ({
    nanoseconds: "",
    atMs: Date.parse(log.time),
    component: log.component,
    traceId: log.trace_id ?? null,
    spanId: log.span_id ?? null,
    body: log.body,
    severity: log.severity,
  }));
  const spans = input.spans.map((span) => ({
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id ?? null,
    component: span.component,
    operation: span.name,
    startMs: Date.parse(span.start),
    durationMs: span.duration_ms,
    isError: span.status === "error",
    callee: span.callee ?? null,
  }));
  const within = (range: Interval) => (at: number) => at >= range.from && at < range.to;
  const [isBefore, isNow] = [within(baseline), within(incident)];
  const mined = mineLogs(
    lines.filter(({ atMs }) => isBefore(atMs)),
    lines.filter(({ atMs }) => isNow(atMs)),
  );
  const window = (range: Interval, logs: TraceWindow["logs"], is: (at: number) => boolean): TraceWindow => ({
    minutes: Math.max(1, (range.to - range.from) / MINUTE_MS),
    spans: spans.filter(({ startMs }) => is(startMs)),
    logs,
  });
  return observeTraces(window(baseline, mined.before, isBefore), window(incident, mined.now, isNow));
}
