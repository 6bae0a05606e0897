import { idOf, type LinkedSpan } from "./span-tree.ts";
import { tellsOfTrouble } from "./tells-of-trouble.ts";
import type { TraceLog } from "./trace-event.ts";

/** Spans and log lines of one time. */
export interface TraceSide {
  readonly spans: readonly LinkedSpan[];
  readonly logs: readonly TraceLog[];
  /** Up to when the lines of each component have come in; all of them where it is left out. */
  readonly logsUntil?: ReadonlyMap<string, number>;
}

/** Something that happens within a span: a line of a template, or a call. */
export interface ExecutionEvent {
  /** The same for all that count as one event. */
  readonly name: string;
  readonly text: string;
  readonly kind: "log" | "call";
  readonly severity: string | null;
  readonly example?: string;
  readonly isTrouble: boolean;
}

/** One span with all that happened in it, as often as it did. */
export interface Execution {
  readonly component: string;
  /** The span's name, below that of the component's span around it. */
  readonly operation: string;
  readonly startMs: number;
  readonly events: readonly ExecutionEvent[];
}

/** The name of the event that stands for any line which tells of no trouble. */
export const ANY_LINE = "log";

/** What was done: each span that is more than the caller's side of a call, with its own lines and calls; without those whose lines may still come. */
export function executionsOf(side: TraceSide): Execution[] {
  const lines = linesBySpan(side.logs);
  const remotes = new Map(side.spans.map((one) => [one.span, one.remote]));
  return side.spans.flatMap(({ span, parent, children, remote, isInferred }): Execution[] => {
    // What the caller's side of a call says is said by the span around it.
    if (remote !== null || isInferred) return [];
    const { component } = span;
    const until = side.logsUntil?.get(component);
    if (until !== undefined && span.startMs + span.durationMs > until) return [];
    const operation =
      parent !== null && parent.component === component ? `${parent.operation} > ${span.operation}` : span.operation;
    const own = (lines.get(idOf(span.traceId, span.spanId)) ?? []).filter((line) => line.component === component);
    const found = own.map(lineEvent);
    const quiet = found.filter(({ isTrouble }) => !isTrouble);
    return [
      {
        component,
        operation,
        startMs: span.startMs,
        events: [
          ...found,
          ...children.map((child) => callEvent(remotes.get(child) ?? child)),
          ...quiet.map(() => anyLine),
        ],
      },
    ];
  });
}

const anyLine: ExecutionEvent = { name: ANY_LINE, text: "any line", kind: "log", severity: null, isTrouble: false };

function linesBySpan(logs: readonly TraceLog[]): Map<string, TraceLog[]> {
  const lines = new Map<string, TraceLog[]>();
  for (const line of logs) {
    if (line.traceId === null || line.spanId === null) continue;
    const key = idOf(line.traceId, line.spanId);
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [line]);
    else known.push(line);
  }
  return lines;
}

function lineEvent({ templateId, template, severity, example }: TraceLog): ExecutionEvent {
  const isTrouble = tellsOfTrouble(template, severity);
  return { name: `log ${templateId}`, text: template, kind: "log", severity, example, isTrouble };
}

function callEvent(child: LinkedSpan["span"]): ExecutionEvent {
  const text = `${child.component} ${child.operation}`;
  return { name: `call ${text}`, text, kind: "call", severity: null, isTrouble: tellsOfTrouble(text, null) };
}
