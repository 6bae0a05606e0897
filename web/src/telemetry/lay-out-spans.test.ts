import type { Trace } from "@culprit/contract";
import { expect, test } from "vitest";
import { layOutSpans } from "./lay-out-spans.ts";

const span = (span_id: string, parent: string | null, atMs: number, duration_ms: number): Trace["spans"][number] => ({
  ...{ span_id, parent_span_id: parent, at: new Date(1e12 + atMs).toISOString(), duration_ms },
  ...{ service_key: "a/b/c", environment: "production", name: span_id, kind: "server", status: "ok" },
  ...{ route: null, http_status: null, peer: null, attributes: {}, events: [] },
});
const told = (spans: Trace["spans"]) => layOutSpans(spans).rows.map((row) => `${row.depth} ${row.span.span_id}`);

test("each span stands below its caller, by time, as far in as calls", () => {
  const spans = [
    span("late", "root", 60, 20),
    span("root", null, 0, 100),
    span("deep", "early", 20, 5),
    span("early", "root", 10, 40),
  ];
  expect(told(spans)).toEqual(["0 root", "1 early", "2 deep", "1 late"]);
  const { rows, totalMs } = layOutSpans(spans);
  expect(totalMs).toBe(100);
  expect(rows.map(({ start, width }) => [start, width])).toEqual([
    [0, 1],
    [0.1, 0.4],
    [0.2, 0.05],
    [0.6, 0.2],
  ]);
});

test("a span whose caller was not kept stands at the top, and none is lost to a circle", () => {
  expect(told([span("orphan", "gone", 0, 1)])).toEqual(["0 orphan"]);
  expect(told([span("a", "b", 0, 1), span("b", "a", 1, 1)])).toEqual(["0 a", "1 b"]);
});

test("a trace without length, or without spans, divides by nothing", () => {
  expect(layOutSpans([span("a", null, 0, 0)]).rows[0]).toMatchObject({ start: 0, width: 0 });
  expect(layOutSpans([])).toEqual({ rows: [], totalMs: 0 });
});
