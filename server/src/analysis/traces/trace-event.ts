import type { LogSeverity } from "@culprit/contract";

/** A span as what is told of traces needs it. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly component: string;
  readonly operation: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  /** Whom it calls, where it says so: of a span without a callee's span below it this tells whose time it is. */
  readonly callee?: string | null;
}

/** A log line with its template, and the span that wrote it where that is known. */
export interface TraceLog {
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly component: string;
  readonly atMs: number;
  readonly severity: LogSeverity | null;
  readonly templateId: string;
  readonly template: string;
  readonly example: string;
}

/** What was seen in one time: before, or during the trouble. */
export interface TraceWindow {
  readonly minutes: number;
  readonly spans: readonly TraceSpan[];
  readonly logs: readonly TraceLog[];
  /** Up to when the lines of each component have come in, where they still come: what a later span lacks may only be late. */
  readonly logsUntil?: ReadonlyMap<string, number>;
}
