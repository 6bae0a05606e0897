import fc from "fast-check";
import { expect, test } from "vitest";
import { cumulativeBuckets } from "./exponential-buckets.ts";

const none = { zeroCount: 0, zeroThreshold: 0, negativeCount: 0 };

test("a histogram of scale 0 keeps every second of the finest bounds: powers of two", () => {
  const positive = { offset: 1, counts: [3, 0, 2] };
  expect(cumulativeBuckets({ scale: 0, ...none, zeroCount: 1, negativeCount: 1, positive })).toEqual([
    { le: 0, count: 2 },
    { le: 4, count: 5 },
    { le: 8, count: 5 },
    { le: 16, count: 7 },
  ]);
});

test("at any scale and offset no value is lost, bounds ascend and are powers of the square root of two, 65 at most", () => {
  const histogram = fc.record({
    scale: fc.integer({ min: -10, max: 20 }),
    zeroCount: fc.nat(5),
    zeroThreshold: fc.constant(0),
    negativeCount: fc.nat(5),
    positive: fc.record({
      offset: fc.integer({ min: -500, max: 500 }),
      counts: fc.array(fc.nat(9), { maxLength: 160 }),
    }),
  });
  fc.assert(
    fc.property(histogram, (drawn) => {
      const base = 2 ** -drawn.scale;
      fc.pre((drawn.positive.offset + 161) * base < 1000 && drawn.positive.offset * base > -1000);
      const buckets = cumulativeBuckets(drawn);
      const total =
        drawn.zeroCount + drawn.negativeCount + drawn.positive.counts.reduce((sum, count) => sum + count, 0);
      expect(buckets.at(-1)?.count ?? 0).toBe(total);
      expect(buckets.length).toBeLessThanOrEqual(65);
      buckets.forEach(({ le, count }, index) => {
        const before = buckets[index - 1];
        if (before !== undefined) expect(le > before.le && count >= before.count).toBe(true);
        if (le > 0) expect(Math.abs(Math.log2(le) * 2 - Math.round(Math.log2(le) * 2))).toBeLessThan(1e-6);
      });
    }),
  );
});
