import { expect, test } from "vitest";
import { fitObservedWeights } from "./fit-observed-weights.ts";
import { scoreChoices } from "./score-choices.ts";

const choices = Array.from({ length: 60 }, (_, at) => ({
  kind: `k${at % 3}`,
  alternatives: [
    { features: { good: 1, noise: (at >> 1) % 2 }, isRight: at % 10 !== 0 },
    { features: { good: 0, noise: 1 - ((at >> 1) % 2) }, isRight: at % 10 === 0 },
  ],
}));

test("what tells the right ones gains, what does not stays, and the confidence that comes of it is their share", () => {
  const weights = fitObservedWeights(choices, { good: 0.1, noise: 0.1 }, 0.01);
  expect(weights.good).toBeGreaterThan(1.5);
  expect(Math.abs(weights.noise ?? 1)).toBeLessThan(0.3);
  const confidence = 1 / (1 + Math.exp(-(weights.good ?? 0)));
  expect(confidence).toBeCloseTo(0.9, 1);
  expect(scoreChoices(choices, weights).top1).toBeCloseTo(0.9);
});

test("a weight keeps its sign, whatever the cases say", () => {
  const weights = fitObservedWeights(choices, { good: -1, noise: 0.1 }, 0.01);
  expect(weights.good).toBeLessThanOrEqual(0);
});

test("a weight that is held stays as it is, and the others are fitted beside it", () => {
  const weights = fitObservedWeights(choices, { good: 0.1, noise: 0.1 }, 0.01, new Set(["noise"]));
  expect(weights.noise).toBe(0.1);
  expect(weights.good).toBeGreaterThan(1.5);
});
