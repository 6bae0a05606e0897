import type { SpanPattern } from "../observations/observations.ts";
import { idOf, type LinkedSpan } from "./span-tree.ts";
import { tellsOfTrouble } from "./tells-of-trouble.ts";
import type { TraceLog } from "./trace-event.ts";

interface Side {
  readonly spans: readonly LinkedSpan[];
  readonly logs: readonly TraceLog[];
}

interface Event {
  readonly name: string;
  readonly text: string;
  readonly kind: SpanPattern["kind"];
  readonly severity: string | null;
  readonly example?: string;
}

interface Counted {
  first: Event;
  readonly component: string;
  readonly operation: string;
  readonly counts: { before: number; now: number };
}

/**
 * In how many spans of an operation each event happened: a line of a template, a call of an operation. After Nezha (Yu et al., FSE 2023), which counts
 * pairs of events of a trace; the operation as the common context of its events does the same, holds under concurrency, and tells a
 * component that does other things than before from one that is merely called more or less often.
 */
export function spanPatterns(baseline: Side, incident: Side): SpanPattern[] {
  const spans = new Map<string, { before: number; now: number }>();
  const events = new Map<string, Counted>();
  count(baseline, "before", spans, events);
  count(incident, "now", spans, events);
  return [...events.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { first, component, operation, counts }]) => {
      const all = spans.get(`${component}\n${operation}`) ?? { before: 0, now: 0 };
      return {
        component,
        operation,
        kind: first.kind,
        event: first.text,
        severity: first.severity,
        ...(first.name === "log" ? { isAny: true } : {}),
        ...(first.example === undefined ? {} : { example: first.example }),
        baselineSpans: all.before,
        baselineCount: counts.before,
        incidentSpans: all.now,
        incidentCount: counts.now,
        ref: `span:${key.replaceAll("\n", "/")}`,
      };
    });
}

function count(
  side: Side,
  when: "before" | "now",
  spans: Map<string, { before: number; now: number }>,
  events: Map<string, Counted>,
): void {
  const lines = linesBySpan(side.logs);
  const remotes = new Map(side.spans.map((one) => [one.span, one.remote]));
  for (const { span, parent, children, remote, isInferred } of side.spans) {
    // What the caller's side of a call says is said by the span around it.
    if (remote !== null || isInferred) continue;
    const { component } = span;
    const operation =
      parent !== null && parent.component === component ? `${parent.operation} > ${span.operation}` : span.operation;
    const operationKey = `${component}\n${operation}`;
    const all = spans.get(operationKey) ?? { before: 0, now: 0 };
    spans.set(operationKey, all);
    all[when]++;
    const own = (lines.get(idOf(span.traceId, span.spanId)) ?? []).filter((line) => line.component === component);
    const found = [...own.map(lineEvent), ...children.map((child) => callEvent(remotes.get(child) ?? child))];
    const quiet = own.find((line) => !tellsOfTrouble(line.template, line.severity));
    if (quiet !== undefined) found.push({ name: "log", text: "any line", kind: "log", severity: null });
    const seen = new Set<string>();
    for (const event of found) {
      if (seen.has(event.name)) continue;
      seen.add(event.name);
      const key = `${operationKey}\n${event.name}`;
      const known = events.get(key) ?? { first: event, component, operation, counts: { before: 0, now: 0 } };
      events.set(key, known);
      // What is written now may name who is in trouble now.
      if (when === "now" && known.counts.now === 0) known.first = event;
      known.counts[when]++;
    }
  }
}

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

function lineEvent(line: TraceLog): Event {
  return {
    name: `log ${line.templateId}`,
    text: line.template,
    kind: "log",
    severity: line.severity,
    example: line.example,
  };
}

function callEvent(child: LinkedSpan["span"]): Event {
  const text = `${child.component} ${child.operation}`;
  return { name: `call ${text}`, text, kind: "call", severity: null };
}
