import { expect, test } from "vitest";
import { histogramQuantile } from "./histogram-quantile.ts";

const Inf = Number.POSITIVE_INFINITY;

test("a quantile lies within its bucket in proportion, as PromQL's does", () => {
  const buckets = [
    { le: Inf, growth: 100 },
    { le: 0.1, growth: 50 },
    { le: 0.5, growth: 90 },
    { le: 1, growth: 100 },
  ];
  expect(histogramQuantile(buckets, 0.5)).toBeCloseTo(0.1);
  expect(histogramQuantile(buckets, 0.7)).toBeCloseTo(0.3);
  expect(histogramQuantile(buckets, 0.25)).toBeCloseTo(0.05);
  expect(histogramQuantile(buckets, 0.95)).toBeCloseTo(0.75);
});

test("beyond the highest bound it is that bound, without counts it is NaN, and a bucket that fell behind does not turn it back", () => {
  expect(
    histogramQuantile(
      [
        { le: 1, growth: 10 },
        { le: Inf, growth: 100 },
      ],
      0.99,
    ),
  ).toBe(1);
  expect(
    histogramQuantile(
      [
        { le: 1, growth: 0 },
        { le: Inf, growth: 0 },
      ],
      0.5,
    ),
  ).toBeNaN();
  expect(histogramQuantile([], 0.5)).toBeNaN();
  expect(histogramQuantile([{ le: Inf, growth: 5 }], 0.5)).toBeNaN();
  const torn = [
    { le: 1, growth: 10 },
    { le: 2, growth: 8 },
    { le: Inf, growth: 10 },
  ];
  expect(histogramQuantile(torn, 0.5)).toBe(0.5);
});
