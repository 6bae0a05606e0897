import type { TraceSpan } from "./trace-event.ts";

/** A span with what called it and what it called. */
export interface LinkedSpan {
  readonly span: TraceSpan;
  readonly parent: TraceSpan | null;
  readonly children: readonly TraceSpan[];
  /** What another component did in a call that this span is the caller's side of; null for a span that is more than that. */
  readonly remote: TraceSpan | null;
  /** The called one wrote no span, as a database does: what it did is told by its caller's. */
  readonly isInferred: boolean;
  /** Its time without that of its children, which may run at once; 0 for the caller's side of a call, which only waits. */
  readonly selfMs: number;
}

/** Each span once, with its parent and its children in the order of their start. A span that came twice counts once. */
export function linkSpans(spans: readonly TraceSpan[]): LinkedSpan[] {
  const byId = new Map<string, TraceSpan>();
  for (const span of spans) byId.set(idOf(span.traceId, span.spanId), span);
  const children = new Map<TraceSpan, TraceSpan[]>();
  for (const span of byId.values()) {
    const parent = parentOf(span, byId);
    if (parent === null) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  return [...byId.values()].flatMap((span): LinkedSpan[] => {
    const own = (children.get(span) ?? []).sort((a, b) => a.startMs - b.startMs || (a.spanId < b.spanId ? -1 : 1));
    const [only = null, second] = own;
    const parent = parentOf(span, byId);
    if (only === null && span.callee !== undefined && span.callee !== null && span.callee !== span.component) {
      const called = { ...span, spanId: `${span.spanId}~`, parentSpanId: span.spanId, component: span.callee };
      return [
        { span, parent, children: own, remote: called, isInferred: true, selfMs: 0 },
        { span: called, parent: span, children: [], remote: null, isInferred: true, selfMs: span.durationMs },
      ];
    }
    const remote = only !== null && second === undefined && only.component !== span.component ? only : null;
    const selfMs = remote === null ? selfTime(span, own) : 0;
    return [{ span, parent, children: own, remote, isInferred: false, selfMs }];
  });
}

export function idOf(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`;
}

function parentOf(span: TraceSpan, byId: ReadonlyMap<string, TraceSpan>): TraceSpan | null {
  if (span.parentSpanId === null || span.parentSpanId === span.spanId) return null;
  return byId.get(idOf(span.traceId, span.parentSpanId)) ?? null;
}

function selfTime(span: TraceSpan, children: readonly TraceSpan[]): number {
  let covered = 0;
  let until = span.startMs;
  const end = span.startMs + span.durationMs;
  const starts = children.map((child) => ({ child, startMs: startByClockOf(span, child) }));
  for (const { child, startMs } of starts.sort((a, b) => a.startMs - b.startMs)) {
    const from = Math.max(until, startMs);
    const to = Math.min(end, startMs + child.durationMs);
    if (to <= from) continue;
    covered += to - from;
    until = to;
  }
  return Math.max(0, span.durationMs - covered);
}

/** What is out by less is rounding. */
const SKEW_MIN_MS = 1;

/**
 * When a child began by its parent's clock. A child of another component that began before its parent was written by a clock that is behind: it is put into the
 * middle of its parent, as if the way there took as long as the way back (the clock skew adjustment of Zipkin and Jaeger; Cristian, "Probabilistic
 * clock synchronization", 1989). One that began after its parent's end may be one that nobody waited for, and stays.
 */
function startByClockOf(parent: TraceSpan, child: TraceSpan): number {
  if (child.component === parent.component || parent.startMs - child.startMs < SKEW_MIN_MS) return child.startMs;
  return parent.startMs + Math.max(0, parent.durationMs - child.durationMs) / 2;
}
