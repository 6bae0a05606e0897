import { expect, test } from "vitest";
import { loopPlace, stepDepth, stepSpan, type TimelineStep, timelineRange } from "./step-span.ts";

const at = (s: number) => new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString();
const ms = (s: number) => Date.parse(at(s));
const step = (change: Partial<TimelineStep>): TimelineStep => ({
  path: "a",
  action_type: "notify",
  action_name: "A",
  status: "completed",
  attempt: 1,
  reason: null,
  wake_at: null,
  started_at: at(0),
  finished_at: at(10),
  duration_ms: 10_000,
  ...change,
});

test("a bar stands where its time was, and waiting is told apart from working", () => {
  const worked = step({ started_at: at(5), finished_at: at(10), duration_ms: 5000 });
  expect(stepSpan(worked, ms(0), ms(20), ms(20))).toEqual({ left: 25, width: 25, worked: 100 });
  const waited = step({ finished_at: at(20), duration_ms: 2000 });
  expect(stepSpan(waited, ms(0), ms(20), ms(20))).toEqual({ left: 0, width: 100, worked: 10 });
});

test("what waits grows until now and has done no work", () => {
  const asked = step({ action_type: "approval" });
  expect(stepSpan(asked, ms(0), ms(10), ms(10)).worked).toBe(0);
  const waiting = step({ status: "waiting", finished_at: null, duration_ms: null });
  expect(timelineRange([waiting], at(0), null, ms(30))).toEqual([ms(0), ms(30)]);
  expect(stepSpan(waiting, ms(0), ms(30), ms(30))).toEqual({ left: 0, width: 100, worked: 0 });
});

test("a skipped step has no length, and a clock that ran back breaks nothing", () => {
  const skipped = step({ status: "skipped", finished_at: at(-3), duration_ms: null });
  expect(stepSpan(skipped, ms(0), ms(0), ms(0))).toEqual({ left: 0, width: 0, worked: 100 });
});

test("paths tell how deep a step lies and which turn of its loop it was", () => {
  expect([stepDepth({ path: "a" }), stepDepth({ path: "each[2].notify" })]).toEqual([0, 1]);
  expect([loopPlace({ path: "a" }), loopPlace({ path: "each[2].notify" })]).toEqual([null, 3]);
});
