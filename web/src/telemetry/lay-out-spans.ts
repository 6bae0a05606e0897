import type { Trace } from "@culprit/contract";

type Span = Trace["spans"][number];

export interface PlacedSpan {
  readonly span: Span;
  readonly depth: number;
  /** Of the whole trace, 0 to 1. */
  readonly start: number;
  readonly width: number;
}

/**
 * The spans of a trace from top to bottom: each below the span that called it, by time. A span whose caller was not kept, or that calls itself in a
 * circle, stands at the top.
 */
export function layOutSpans(spans: readonly Span[]): {
  readonly rows: readonly PlacedSpan[];
  readonly totalMs: number;
} {
  const byTime = spans.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const known = new Set(spans.map(({ span_id }) => span_id));
  const children = Map.groupBy(byTime, ({ parent_span_id: parent }) =>
    parent !== null && known.has(parent) ? parent : null,
  );
  const first = Math.min(...spans.map(({ at }) => Date.parse(at)));
  const last = Math.max(...spans.map(({ at, duration_ms }) => Date.parse(at) + duration_ms));
  const totalMs = spans.length === 0 ? 0 : last - first;
  const share = (ms: number) => (totalMs === 0 ? 0 : ms / totalMs);
  const placed = new Set<string>();
  const rows: PlacedSpan[] = [];
  const place = (roots: readonly Span[]): void => {
    const stack = roots.map((span) => ({ span, depth: 0 })).reverse();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { span, depth } = next;
      if (placed.has(span.span_id)) continue;
      placed.add(span.span_id);
      rows.push({ span, depth, start: share(Date.parse(span.at) - first), width: share(span.duration_ms) });
      for (const child of (children.get(span.span_id) ?? []).toReversed())
        stack.push({ span: child, depth: depth + 1 });
    }
  };
  place(children.get(null) ?? []);
  for (const span of byTime) if (!placed.has(span.span_id)) place([span]);
  return { rows, totalMs };
}
