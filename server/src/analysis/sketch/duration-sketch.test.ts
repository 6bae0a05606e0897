import fc from "fast-check";
import { expect, test } from "vitest";
import { DurationSketch } from "./duration-sketch.ts";

const durations = fc.array(fc.double({ min: 0.001, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 300 });

function sketchOf(values: readonly number[]): DurationSketch {
  const sketch = new DurationSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

test("a quantile is off by two hundredths of the true value at most, whatever the values are", () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, quantile) => {
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.floor(quantile * (sorted.length - 1))] ?? Number.NaN;
      const told = sketchOf(values).quantile(quantile);
      expect(Math.abs(told - exact) / exact).toBeLessThan(0.0201);
    }),
  );
});

test("two sketches merged tell the same as one that saw everything", () => {
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const merged = sketchOf(some);
      merged.merge(sketchOf(others));
      const whole = sketchOf([...some, ...others]);
      for (const quantile of [0, 0.5, 0.9, 0.99, 1]) expect(merged.quantile(quantile)).toBe(whole.quantile(quantile));
      expect(merged.count).toBe(whole.count);
    }),
  );
});

test("halving keeps the quantiles and lets later values count more", () => {
  const sketch = sketchOf(Array.from({ length: 1000 }, () => 10));
  sketch.halve();
  expect(sketch.quantile(0.5)).toBeCloseTo(10, 0);
  sketch.merge(sketchOf(Array.from({ length: 600 }, () => 1000)));
  expect(sketch.quantile(0.5)).toBeGreaterThan(900);
  for (let minutes = 0; minutes < 40; minutes += 1) sketch.halve();
  expect(sketch.count).toBeLessThan(1);
});

test("nothing, zeros, negative and endless values do not break it", () => {
  expect(new DurationSketch().quantile(0.5)).toBeNaN();
  const sketch = sketchOf([0, -5, Number.NaN, 0]);
  expect(sketch.quantile(0.99)).toBe(0);
  sketch.add(Number.POSITIVE_INFINITY);
  expect(Number.isFinite(sketch.quantile(1))).toBe(true);
});
