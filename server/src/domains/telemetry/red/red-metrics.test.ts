import { describe, expect, test } from "vitest";
import { span } from "../span.fixture.ts";
import { type RedFlush, RedMetrics } from "./red-metrics.ts";
import { redNames } from "./red-names.ts";

const minute = 1_772_366_400_000;
const limits = { routesMax: 100, cellsMax: 10_000 };
const cart = "default/production/cart";
const pay = "default/production/pay";

/** Sums and last values by metric and label. */
function tell(flush: RedFlush, projectId = "p"): Record<string, number> {
  const told: Record<string, number> = {};
  for (const { metric, serviceKey, labels, kind, value } of flush.samples.get(projectId) ?? []) {
    const key =
      `${serviceKey.split("/")[2]} ${metric.slice("culprit.red.".length)} ${labels.route ?? labels.callee ?? ""}`.trim();
    told[key] = kind === "delta" ? (told[key] ?? 0) + value : value;
  }
  return told;
}

describe("services and routes", () => {
  test("requests, errors and quantiles are those of every span, by service and by route", () => {
    const red = new RedMetrics(limits);
    for (let index = 1; index <= 100; index += 1)
      red.observe(
        "p",
        span({ startMs: minute, durationMs: index, ...(index > 90 ? { httpStatus: 500 } : {}) }),
        minute + 1000,
      );
    red.observe("p", span({ startMs: minute, route: "POST /pay", durationMs: 5 }), minute + 1000);
    const counts = tell(red.flush(minute + 10_000));
    expect(counts).toMatchObject({
      "cart requests": 101,
      "cart errors": 10,
      "cart requests GET /cart/:id": 100,
      "cart errors POST /pay": 0,
      "cart duration_sum POST /pay": 5,
    });
    expect(Object.keys(counts).some((key) => key.includes("p99"))).toBe(false);
    const quantiles = tell(red.flush(minute + 70_000));
    expect(quantiles["cart duration_p50 GET /cart/:id"]).toBeGreaterThan(49);
    expect(quantiles["cart duration_p50 GET /cart/:id"]).toBeLessThan(52);
    expect(quantiles["cart duration_p99 GET /cart/:id"]).toBeGreaterThan(96);
    expect(quantiles["cart duration_p99"]).toBeLessThan(102);
    expect(quantiles["cart requests"]).toBeUndefined();
  });

  test("client and inner spans are no requests, a consumer and an inner root are", () => {
    const red = new RedMetrics(limits);
    for (const kind of ["client", "producer", "internal"] as const)
      red.observe("p", span({ kind, parentSpanId: "1" }), minute);
    for (const kind of ["consumer", "internal"] as const)
      red.observe("p", span({ kind, route: null, name: "job" }), minute);
    expect(tell(red.flush(minute + 1000))).toMatchObject({ "cart requests": 2, "cart requests job": 2 });
  });

  test("deltas of one minute never share an instant, however late they come, and add up; so do those of two processes", () => {
    const times = new Set<number>();
    let total = 0;
    for (const red of [new RedMetrics(limits, 1), new RedMetrics(limits, 2)]) {
      const own = new Set<number>();
      for (const after of [5, 15, 61, 75, 90, 120, 170]) {
        red.observe("p", span({ startMs: minute, durationMs: 1 }), minute + after * 1000);
        for (const sample of red.flush(minute + after * 1000).samples.get("p") ?? []) {
          if (sample.metric !== redNames.requests || sample.labels.route !== undefined) continue;
          expect(own.has(sample.atMs)).toBe(false);
          own.add(sample.atMs);
          times.add(Math.floor(sample.atMs / 60_000) * 60_000);
          total += sample.value;
        }
      }
    }
    expect(total).toBe(14);
    expect([...times]).toEqual([minute]);
  });

  test("late spans are merged and move the quantiles of their minute again, once it is quiet and they are enough", () => {
    const red = new RedMetrics(limits);
    red.observe("p", span({ startMs: minute, durationMs: 10 }), minute);
    expect(tell(red.flush(minute + 69_000))["cart duration_p50"]).toBeCloseTo(10, 0);
    for (let index = 0; index < 39; index += 1)
      red.observe("p", span({ startMs: minute, durationMs: 1000 }), minute + 100_000);
    expect(tell(red.flush(minute + 110_000))["cart duration_p50"]).toBeUndefined();
    expect(tell(red.flush(minute + 190_000))["cart duration_p50"]).toBeGreaterThan(900);
    red.observe("p", span({ startMs: minute, durationMs: 5 }), minute + 400_000);
    expect(tell(red.flush(minute + 600_000))).toMatchObject({ "cart requests": 1 });
    expect(tell(red.flush(minute + 900_000))["cart duration_p50"]).toBeUndefined();
    for (let index = 0; index < 400; index += 1)
      red.observe("p", span({ startMs: minute, durationMs: 5 }), minute + 1_800_000);
    expect(tell(red.flush(minute + 1_900_000))["cart duration_p50"]).toBeCloseTo(5, 0);
  });

  test("routes beyond the limit are counted as other, and services beyond it are not counted but said", () => {
    const red = new RedMetrics({ routesMax: 3, cellsMax: 40 });
    for (let index = 0; index < 50; index += 1)
      red.observe("p", span({ startMs: minute, route: `GET /${index}` }), minute);
    const told = tell(red.flush(minute + 1000));
    expect(told["cart requests"]).toBe(50);
    expect(told["cart requests other"]).toBe(47);
    expect(Object.keys(told).filter((key) => key.startsWith("cart requests ")).length).toBe(4);
    for (let index = 0; index < 50; index += 1)
      red.observe("p", span({ startMs: minute, serviceKey: `default/production/${index}` }), minute);
    expect(red.dropped).toBe(41);
  });

  test("a backlog is counted in full beside others: every request, and every minute's quantiles once", () => {
    const red = new RedMetrics(limits);
    const requests = new Map<string, number>();
    const told = new Map<string, number>();
    const instants = new Set<string>();
    const take = (flush: RedFlush) => {
      for (const [projectId, samples] of flush.samples)
        for (const { metric, labels, atMs, value } of samples) {
          if (Object.keys(labels).length > 0) continue;
          expect(instants.has(`${projectId} ${metric} ${atMs}`)).toBe(false);
          instants.add(`${projectId} ${metric} ${atMs}`);
          if (metric === redNames.requests) requests.set(projectId, (requests.get(projectId) ?? 0) + value);
          if (metric === redNames.p99) told.set(projectId, (told.get(projectId) ?? 0) + 1);
        }
    };
    // 100 minutes in 90 s, beside 70 minutes of another project and what comes now.
    for (let step = 0; step < 600; step += 1) {
      const nowMs = minute + step * 150;
      for (let index = 0; index < 20; index += 1) {
        red.observe("old", span({ startMs: minute - 6_000_000 + step * 10_000 + index * 400 }), nowMs);
        red.observe("less old", span({ startMs: minute - 4_200_000 + step * 7_000 + index * 300 }), nowMs);
        red.observe("now", span({ startMs: nowMs }), nowMs);
      }
      if (step % 66 === 65) take(red.flush(nowMs));
    }
    for (let after = 90; after < 400; after += 10) take(red.flush(minute + after * 1000));
    expect(Object.fromEntries(requests)).toEqual({ old: 12_000, "less old": 12_000, now: 12_000 });
    expect(Object.fromEntries(told)).toEqual({ old: 100, "less old": 70, now: 2 });
    expect(red.dropped).toBe(0);
  });

  test("what is held is bounded: a full house says so, lets go of what is over, and counts on what comes late to it", () => {
    const red = new RedMetrics({ routesMax: 3, cellsMax: 400 });
    let told = 0;
    const take = (flush: RedFlush) => (told += tell(flush)["cart requests"] ?? 0);
    for (let back = 1; back <= 1_000; back += 1) {
      if (red.isFull) take(red.flush(minute + back * 100, false, true));
      red.observe("p", span({ startMs: minute - back * 60_000 }), minute + back * 100);
    }
    red.observe("p", span({ startMs: minute - 60_000 }), minute + 200_000);
    take(red.flush(minute + 300_000, true));
    expect(told).toBe(1_001);
    expect(red.dropped).toBe(0);
    for (let back = 1; back <= 1_000; back += 1) red.observe("p", span({ startMs: minute - back * 60_000 }), minute);
    const flush = red.flush(minute + 400_000, true);
    expect((tell(flush)["cart requests"] ?? 0) + (tell(flush)["cart uncounted"] ?? 0)).toBe(1_000);
    expect(red.dropped).toBeGreaterThan(500);
  });
});

describe("edges", () => {
  const traceId = "e".repeat(32);
  const caller = span({
    traceId,
    kind: "client",
    parentSpanId: "1",
    spanId: "c".repeat(16),
    startMs: minute,
    durationMs: 20,
    peer: { kind: "external", name: "10.0.0.7", engine: null },
  });
  const callee = span({ traceId, serviceKey: pay, parentSpanId: "c".repeat(16), startMs: minute + 2, durationMs: 15 });

  test.each([
    ["caller first", [caller, callee]],
    ["callee first", [callee, caller]],
  ])("a call is an edge to the service that took it, %s", (_order, spans) => {
    const red = new RedMetrics(limits);
    for (const each of spans) red.observe("p", each, minute + 100);
    const flush = red.flush(minute + 5000);
    expect(flush.edges).toEqual([
      expect.objectContaining({ projectId: "p", fromKey: cart, toKey: pay, source: "traces" }),
    ]);
    expect(tell(flush)).toMatchObject({
      [`cart requests ${pay}`]: 1,
      [`cart errors ${pay}`]: 0,
      [`cart duration_sum ${pay}`]: 20,
    });
  });

  test("a call that nobody answers within ten seconds goes to what the span says it called; databases and queues are told at once", () => {
    const red = new RedMetrics(limits);
    red.observe("p", caller, minute);
    red.observe(
      "p",
      span({ kind: "client", parentSpanId: "1", peer: { kind: "database", name: "db/shop", engine: "postgresql" } }),
      minute,
    );
    red.observe(
      "p",
      span({ kind: "client", parentSpanId: "1", peer: { kind: "service", name: "stock.shop.svc", engine: null } }),
      minute,
    );
    expect(red.flush(minute + 1000).edges.map(({ toKey, engine }) => [toKey, engine])).toEqual([
      ["database:db/shop", "postgresql"],
    ]);
    expect(red.flush(minute + 10_000).edges.map(({ toKey }) => toKey)).toEqual([
      "external:10.0.0.7",
      "default/shop/stock",
    ]);
  });

  test("a failed call counts on its edge, and a clock that runs ahead makes no edge of the future", () => {
    const red = new RedMetrics(limits);
    red.observe("p", { ...caller, status: "error", startMs: minute + 30_000 }, minute);
    red.observe("p", callee, minute);
    const flush = red.flush(minute + 1000);
    expect(tell(flush)[`cart errors ${pay}`]).toBe(1);
    expect(flush.edges[0]?.seenAt.getTime()).toBeLessThanOrEqual(minute + 1000);
  });
});

test("a route's own 99th percentile is known after a minute with enough requests", () => {
  const red = new RedMetrics(limits);
  const probe = span({ startMs: minute });
  for (let index = 0; index < 300; index += 1)
    red.observe("p", span({ startMs: minute, durationMs: index < 295 ? 10 : 500 }), minute);
  expect(red.slowOverMs("p", probe)).toBe(Number.POSITIVE_INFINITY);
  red.flush(minute + 69_000);
  expect(red.slowOverMs("p", probe)).toBeGreaterThan(490);
  expect(red.slowOverMs("q", probe)).toBe(Number.POSITIVE_INFINITY);
});
