import type { SpanPattern } from "../observations/observations.ts";
import { ANY_LINE, type Execution, type ExecutionEvent } from "./executions.ts";

interface Counted {
  first: ExecutionEvent;
  readonly component: string;
  readonly operation: string;
  readonly counts: { before: number; now: number };
}

/**
 * In how many spans of an operation each event happened: a line of a template, a call of an operation. After Nezha (Yu et al., FSE 2023), which counts
 * pairs of events of a trace; the operation as the common context of its events does the same, holds under concurrency, and tells a
 * component that does other things than before from one that is merely called more or less often.
 */
export function spanPatterns(baseline: readonly Execution[], incident: readonly Execution[]): SpanPattern[] {
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
        ...(first.name === ANY_LINE ? { isAny: true } : {}),
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
  executions: readonly Execution[],
  when: "before" | "now",
  spans: Map<string, { before: number; now: number }>,
  events: Map<string, Counted>,
): void {
  for (const { component, operation, events: found } of executions) {
    const operationKey = `${component}\n${operation}`;
    const all = spans.get(operationKey) ?? { before: 0, now: 0 };
    spans.set(operationKey, all);
    all[when]++;
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
