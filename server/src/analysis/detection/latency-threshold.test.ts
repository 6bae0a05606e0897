import { expect, test } from "vitest";
import { latencyThreshold } from "./latency-threshold.ts";

test("a route is judged by its own history once a day of it is known, by the default before, and by nothing where it is off", () => {
  expect(latencyThreshold(null, 2000)).toBe(2000);
  expect(latencyThreshold({ hours: 23, usualMs: 5000 }, 2000)).toBe(2000);
  expect(latencyThreshold({ hours: 24, usualMs: 5000 }, 2000)).toBe(15_000);
  expect(latencyThreshold({ hours: 300, usualMs: 400 }, 2000)).toBe(1200);
  expect(latencyThreshold({ hours: 300, usualMs: 20 }, 2000)).toBe(500);
  expect(latencyThreshold({ hours: 300, usualMs: Number.NaN }, 2000)).toBe(2000);
  expect(latencyThreshold({ hours: 300, usualMs: 20 }, 0)).toBe(Number.POSITIVE_INFINITY);
});
