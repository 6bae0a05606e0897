import { expect, test } from "vitest";
import { observeTraces } from "./observe-traces.ts";
import type { TraceLog, TraceSpan } from "./trace-event.ts";

interface Call {
  readonly shopMs?: number;
  readonly waitMs?: number;
  readonly lines?: readonly string[];
}

/** `shop` calls `stock` by a client span of its own, and writes lines. */
function trace(
  id: number,
  { shopMs = 5, waitMs = 2, lines = ["reserved"] }: Call = {},
): { spans: TraceSpan[]; logs: TraceLog[] } {
  const traceId = String(id).padStart(32, "0");
  const span = (
    spanId: string,
    parentSpanId: string | null,
    component: string,
    operation: string,
    durationMs: number,
  ) => ({
    traceId,
    spanId,
    parentSpanId,
    component,
    operation,
    startMs: id * 1_000,
    durationMs,
    isError: false,
  });
  const call = 10 + waitMs;
  return {
    spans: [
      span("a", null, "shop", "POST /buy", shopMs + call),
      span("b", "a", "shop", "HTTP POST", call),
      span("c", "b", "stock", "POST /reserve", 10),
    ],
    logs: lines.map((template) => ({
      traceId,
      spanId: "c",
      component: "stock",
      atMs: id * 1_000,
      severity: "info" as const,
      templateId: template,
      template,
      example: template,
    })),
  };
}

function window(traces: readonly { spans: TraceSpan[]; logs: TraceLog[] }[]) {
  return { minutes: 1, spans: traces.flatMap(({ spans }) => spans), logs: traces.flatMap(({ logs }) => logs) };
}

test("a span's own time is without that of its calls, and what lies between two components is nobody's own", () => {
  const seen = observeTraces(window([trace(1), trace(2)]), window([trace(3, { shopMs: 50, waitMs: 200 })]));
  expect(seen.edges).toEqual([{ from: "shop", to: "stock" }]);
  const of = (operation: string) => seen.operations.find((one) => one.operation === operation);
  expect(of("POST /buy")).toMatchObject({ baseline: { selfMs: 5, count: 2 }, incident: { selfMs: 50, count: 1 } });
  expect(of("HTTP POST")).toMatchObject({ baseline: { selfMs: 0 }, incident: { selfMs: 0 } });
  expect(of("POST /reserve")).toMatchObject({ baseline: { medianMs: 10 }, incident: { medianMs: 10 } });
  expect(seen.links).toMatchObject([
    { from: "shop", to: "stock", baseline: { medianMs: 2 }, incident: { medianMs: 200 } },
  ]);
});

test("events are counted by the spans of an operation that have them, however many lines each wrote", () => {
  const seen = observeTraces(
    window([trace(1, { lines: ["reserved", "reserved"] }), trace(2)]),
    window([trace(3, { lines: [] })]),
  );
  const line = seen.spanPatterns.find((one) => one.event === "reserved");
  expect(line).toMatchObject({
    component: "stock",
    baselineSpans: 2,
    baselineCount: 2,
    incidentSpans: 1,
    incidentCount: 0,
  });
  const call = seen.spanPatterns.find((one) => one.kind === "call");
  expect(call).toMatchObject({
    component: "shop",
    operation: "POST /buy",
    event: "stock POST /reserve",
    incidentCount: 1,
  });
  expect(seen.logs).toMatchObject([{ baselineCount: 3, incidentCount: 0 }]);
});

test("a span that came twice, one without its parent and one that is its own parent count once and break nothing", () => {
  const { spans } = trace(1);
  const [root, , callee] = spans;
  if (root === undefined || callee === undefined) throw new Error("no spans");
  const odd = { ...root, spanId: "z", parentSpanId: "z" };
  const orphan = { ...callee, traceId: "f".repeat(32) };
  const seen = observeTraces(window([]), { minutes: 1, spans: [...spans, ...spans, odd, orphan], logs: [] });
  expect(seen.operations.map(({ operation, incident }) => [operation, incident.count])).toEqual([
    ["HTTP POST", 1],
    ["POST /buy", 2],
    ["POST /reserve", 2],
  ]);
});

test("a callee whose clock is behind still takes its time off from its caller's own, one that begins afterwards does not", () => {
  const root = { traceId: "a".repeat(32), spanId: "a", parentSpanId: null, component: "shop", isError: false };
  const caller = { ...root, operation: "POST /buy", startMs: 100_000, durationMs: 100 };
  const callee = { ...root, spanId: "c", parentSpanId: "a", component: "stock", operation: "reserve", durationMs: 80 };
  const own = (startMs: number) => {
    const spans = [caller, { ...callee, startMs }, { ...callee, spanId: "d", startMs: 100_090, durationMs: 1 }];
    const seen = observeTraces(window([]), { minutes: 1, spans, logs: [] });
    return seen.operations.find(({ component }) => component === "shop")?.incident.selfMs;
  };
  expect(own(100_005)).toBe(19);
  expect(own(100_000 - 90_000)).toBe(19);
  expect(own(100_200)).toBe(99);
});

test("a call of whom wrote no span is an open link: all of its time is what the caller saw", () => {
  const call = (id: number, durationMs: number): TraceSpan => ({
    ...{ traceId: String(id).padStart(32, "0"), spanId: "a", parentSpanId: null, component: "shop", isError: false },
    ...{ operation: "SELECT items", startMs: id * 1_000, durationMs, callee: "shop-db" },
  });
  const side = (id: number, ms: number) => ({ minutes: 1, spans: [call(id, ms)], logs: [] });
  expect(observeTraces(side(1, 5), side(2, 400)).links).toMatchObject([
    { from: "shop", to: "shop-db", isOpen: true, baseline: { medianMs: 5 }, incident: { medianMs: 400 } },
  ]);
});

test("a span whose lines may still come in lacks none of them", () => {
  const usual = window([trace(1), trace(2)]);
  const now = window([trace(3), trace(4, { lines: [] })]);
  const line = (until?: number) =>
    observeTraces(
      usual,
      until === undefined ? now : { ...now, logsUntil: new Map([["stock", until]]) },
    ).spanPatterns.find(({ event }) => event === "reserved");
  expect(line()).toMatchObject({ incidentSpans: 2, incidentCount: 1 });
  expect(line(3_500)).toMatchObject({ incidentSpans: 1, incidentCount: 1 });
  expect(line(60_000)).toMatchObject({ incidentSpans: 2, incidentCount: 1 });
});
