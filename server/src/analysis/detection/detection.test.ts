import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { absenceOf } from "./absence.ts";
import { usualStep } from "./align-series.ts";
import { findChangePoint } from "./change-point.ts";
import { rateOfCounter } from "./counter-rate.ts";
import { findOnset } from "./onset.ts";
import { median, quantileOfSorted } from "./quantile.ts";
import { robustBaseline } from "./robust-baseline.ts";
import { shiftScore } from "./shift-score.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
const positive = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9 });
const withHoles = fc.array(
  fc.oneof({ weight: 5, arbitrary: finite }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
  {
    maxLength: 80,
  },
);

/** The same numbers on every machine: a linear congruential generator summed to a bell. */
function noise(count: number, seed = 1): number[] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return Array.from({ length: count }, () => next() + next() + next() + next() - 2);
}

describe("quantiles", () => {
  test("missing and infinite values are left out, and nothing gives NaN", () => {
    expect(median([Number.NaN, 3, Number.POSITIVE_INFINITY, 1, 2])).toBe(2);
    expect(median([Number.NaN])).toBeNaN();
    expect(quantileOfSorted([0, 10], 0.9)).toBeCloseTo(9);
  });
});

describe("a robust baseline", () => {
  test("always has a spread above zero, whatever came, so that nothing is divided by zero", () => {
    fc.assert(
      fc.property(
        withHoles,
        fc.constantFrom("identity" as const, "log" as const, "logit" as const),
        (values, transform) => {
          const baseline = robustBaseline(values, transform);
          expect(baseline.spread).toBeGreaterThan(0);
          expect(baseline.count).toBe(values.filter(Number.isFinite).length);
        },
      ),
    );
  });

  test("a series that never moved is unusual as soon as it moves by more than a little", () => {
    const baseline = robustBaseline(
      Array.from({ length: 100 }, () => 100),
      "log",
    );
    expect(baseline.isConstant).toBe(true);
    expect(Math.abs(shiftScore(baseline, [100, 100]).middle)).toBe(0);
    expect(shiftScore(baseline, [100.5]).middle).toBeLessThan(3);
    expect(shiftScore(baseline, [150]).middle).toBeGreaterThan(10);
  });

  test("availability that was always 1 finds a loss of a tenth unusual, and of all more so", () => {
    const baseline = robustBaseline(
      Array.from({ length: 200 }, () => 1),
      "logit",
    );
    const [tenth, all] = [shiftScore(baseline, [0.9]), shiftScore(baseline, [0])];
    expect(tenth.middle).toBeLessThan(-3);
    expect(all.middle).toBeLessThan(tenth.middle);
  });

  test("a factor means the same at every level of a latency", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (unit) => {
        const values = noise(200).map((value) => Math.exp(0.1 * value));
        const plain = shiftScore(robustBaseline(values, "log"), [2]);
        const scaled = shiftScore(
          robustBaseline(
            values.map((value) => value * unit),
            "log",
          ),
          [2 * unit],
        );
        expect(scaled.middle).toBeCloseTo(plain.middle, 6);
      }),
    );
  });

  test("one wild value among a hundred moves neither location nor spread by much", () => {
    const calm = noise(300);
    const wild = [...calm, 1e6];
    expect(robustBaseline(wild, "identity").location).toBeCloseTo(robustBaseline(calm, "identity").location, 1);
    expect(robustBaseline(wild, "identity").spread).toBeLessThan(1.5 * robustBaseline(calm, "identity").spread);
  });

  test("a score is monotone: further away is never less unusual", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 5, maxLength: 40 }), positive, positive, (values, a, b) => {
        const baseline = robustBaseline(values, "log");
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(shiftScore(baseline, [high]).middle).toBeGreaterThanOrEqual(shiftScore(baseline, [low]).middle);
      }),
    );
  });
});

describe("a change of level", () => {
  test("is found where it happened, and pure noise has none", () => {
    const shifted = noise(200).map((value, at) => value + (at >= 120 ? 3 : 0));
    const found = findChangePoint(shifted);
    expect(Math.abs((found?.index ?? 0) - 120)).toBeLessThanOrEqual(3);
    for (let seed = 1; seed <= 20; seed += 1) expect(findChangePoint(noise(200, seed * 7919))).toBeNull();
  });

  test("a constant sequence has none, a step between two constants has one at the step", () => {
    expect(findChangePoint(Array.from({ length: 50 }, () => 7))).toBeNull();
    expect(findChangePoint([1, 1, 1, 1, 1, 5, 5, 5, 5, 5])?.index).toBe(5);
  });
});

describe("the onset", () => {
  const times = Array.from({ length: 100 }, (_, at) => at * 1000);

  test("is when the series began to leave the normal, within three points", () => {
    const baseline = robustBaseline(noise(300, 5), "identity");
    const values = noise(100, 9).map((value, at) => value + (at >= 60 ? 4 : 0));
    const onset = findOnset(times, values, baseline);
    expect(Math.abs((onset ?? 0) - 60_000)).toBeLessThanOrEqual(3000);
    expect(findOnset(times, noise(100, 9), baseline)).toBeNull();
  });

  test("one stray value is no onset, and a fall is none for what may only rise", () => {
    const baseline = robustBaseline(noise(300, 5), "identity");
    const stray = noise(100, 9).map((value, at) => (at === 50 ? 1000 : value));
    expect(findOnset(times, stray, baseline)).toBeNull();
    const fall = noise(100, 9).map((value, at) => value - (at >= 60 ? 4 : 0));
    expect(findOnset(times, fall, baseline, 0, "up")).toBeNull();
    expect(findOnset(times, fall, baseline, 0, "down")).not.toBeNull();
  });
});

describe("a counter", () => {
  test("that starts again never gives a rate below zero, and grows by what it shows", () => {
    expect([...rateOfCounter([0, 1000, 2000, 3000], [10, 20, 3, 5]).values]).toEqual([10, 3, 2]);
    fc.assert(
      fc.property(fc.array(positive, { maxLength: 50 }), (values) => {
        const times = values.map((_, at) => at * 1000);
        for (const rate of rateOfCounter(times, values).values) expect(rate).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("growth across a gap is spread over it, and a repeated instant is skipped", () => {
    expect([...rateOfCounter([0, 1000, 1000, 5000], [0, 10, 12, 50]).values]).toEqual([10, 10]);
    expect([...rateOfCounter([0, 1000, 2000], [0, Number.NaN, 8]).values]).toEqual([4]);
  });
});

test("the usual step is the median one, and of one point there is none", () => {
  expect(usualStep([0, 10, 20, 1000, 1010])).toBe(10);
  expect(usualStep([5])).toBeNaN();
});

describe("absence", () => {
  test("silence of a regular speaker is a surprise, of a rare one it is none", () => {
    expect(absenceOf(60, 60, 0, 10).surprise).toBeGreaterThan(0.99);
    expect(absenceOf(3, 60, 0, 10).surprise).toBeLessThan(0.6);
    expect(absenceOf(60, 60, 10, 10).surprise).toBe(0);
    expect(absenceOf(0, 0, 0, 0).surprise).toBe(0);
  });
});
