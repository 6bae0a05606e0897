import { describe, expect, test } from "vitest";
import { span } from "../span.fixture.ts";
import { type SamplingSettings, TailSampler } from "./tail-sampler.ts";
import { traceShare } from "./trace-share.ts";

const settings: SamplingSettings = { share: 0, tracesPerMinuteFloor: 0, slowMs: 2000, bytesMax: 1e9 };
const sampler = (changed: Partial<SamplingSettings> = {}, slowOverMs = () => Number.POSITIVE_INFINITY) =>
  new TailSampler({ ...settings, ...changed }, slowOverMs);
const T = 1_000_000;

describe("what is kept", () => {
  test("a failed span is given out in the call that brought it, with all of its trace that waited", () => {
    const one = sampler();
    const traceId = "a".repeat(32);
    const parts = [span({ traceId }), span({ traceId }), span({ traceId: "b".repeat(32) })];
    expect(one.add("p", parts, T)).toEqual([]);
    const failed = span({ traceId, status: "error" });
    expect(one.add("p", [failed], T + 1)).toEqual([parts[0], parts[1], failed]);
    expect(one.waiting.traces).toBe(1);
  });

  test("5xx is a failure, unless the application said that all is well; slow is over 2,000 ms or over the route's own 99th percentile", () => {
    const one = sampler({}, () => 50);
    const keeps = (changed: Parameters<typeof span>[0]) => one.add("p", [span(changed)], T).length === 1;
    expect(keeps({ httpStatus: 503 })).toBe(true);
    expect(keeps({ httpStatus: 503, status: "ok" })).toBe(false);
    expect(keeps({ httpStatus: 404 })).toBe(false);
    expect(keeps({ kind: "client", parentSpanId: "1", durationMs: 2001 })).toBe(true);
    expect(keeps({ durationMs: 51 })).toBe(true);
    expect(keeps({ durationMs: 49 })).toBe(false);
    expect(keeps({ kind: "client", parentSpanId: "1", durationMs: 51 })).toBe(false);
  });

  test("a late span follows the decision; a late failure is kept and what comes after it too", () => {
    const one = sampler();
    const traceId = "c".repeat(32);
    one.add("p", [span({ traceId })], T);
    one.expire(T + 10_000);
    expect(one.waiting.traces).toBe(0);
    expect(one.add("p", [span({ traceId })], T + 11_000)).toEqual([]);
    expect(one.waiting.traces).toBe(0);
    const late = span({ traceId, status: "error" });
    expect(one.add("p", [late], T + 12_000)).toEqual([late]);
    const after = span({ traceId });
    expect(one.add("p", [after], T + 13_000)).toEqual([after]);
  });

  test("the same trace id of another project is another trace", () => {
    const one = sampler();
    const traceId = "d".repeat(32);
    one.add("p", [span({ traceId, status: "error" })], T);
    expect(one.add("q", [span({ traceId })], T)).toEqual([]);
  });
});

describe("the share of the rest", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => index.toString(16).padStart(32, "0"));

  test("it is the same in every process and close to what was asked, also for ids that are numbered", () => {
    const kept = (of: TailSampler) => new Set(ids.filter((traceId) => of.add("p", [span({ traceId })], T).length > 0));
    const [one, other] = [kept(sampler({ share: 0.05 })), kept(sampler({ share: 0.05 }))];
    expect([...one]).toEqual([...other]);
    expect(one.size / ids.length).toBeGreaterThan(0.04);
    expect(one.size / ids.length).toBeLessThan(0.06);
    expect(ids.every((id) => traceShare(id) >= 0 && traceShare(id) < 1)).toBe(true);
  });

  test("all traces are kept while there are few, and fewer of many", () => {
    const one = sampler({ share: 0.01, tracesPerMinuteFloor: 100 });
    const kept = (from: number, to: number, atMs: number) =>
      ids.slice(from, to).filter((traceId) => one.add("p", [span({ traceId })], atMs).length > 0).length;
    expect(kept(0, 100, T)).toBe(100);
    expect(kept(100, 10_000, T)).toBeLessThan(800);
    // The next minute knows how many there were.
    expect(kept(10_000, 11_000, T + 60_000)).toBeLessThan(60);
    // A quiet one keeps all again.
    expect(kept(11_000, 11_050, T + 300_000)).toBe(50);
  });
});

describe("its bounds", () => {
  test("a trace whose root came is decided two seconds later, one without after ten", () => {
    const one = sampler();
    one.add("p", [span(), span({ parentSpanId: "1".repeat(16) })], T);
    one.expire(T + 1_999);
    expect(one.waiting.traces).toBe(2);
    one.expire(T + 2_000);
    expect(one.waiting.traces).toBe(1);
    one.expire(T + 10_000);
    expect(one.waiting).toEqual({ traces: 0, bytes: 0 });
  });

  test("memory stays within its limit: the oldest traces are dropped, and counted", () => {
    const one = sampler({ bytesMax: 100_000 });
    for (let index = 0; index < 5_000; index += 1) one.add("p", [span({ attributes: { text: "x".repeat(200) } })], T);
    expect(one.waiting.bytes).toBeLessThanOrEqual(100_000);
    expect(one.counts.dropped).toBe(5_000 - one.waiting.traces);
  });
});
