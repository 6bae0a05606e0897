import { expect, test } from "vitest";
import { confidenceOf, type FirstCause, firstCauseOf, fitSharpness } from "./fit-sharpness.ts";

const cases = (rightOf10: number): FirstCause[] =>
  Array.from({ length: 100 }, (_, at) => ({ own: [1], others: [0], isRight: at % 10 < rightOf10 }));

test("answers that are right more often than they say become surer, until they say how often they are right", () => {
  const [one] = cases(9);
  const sharpness = fitSharpness(cases(9));
  expect(sharpness).toBeGreaterThan(1);
  expect(one && confidenceOf(one, sharpness)).toBeCloseTo(0.9, 1);
});

test("answers that are right less often than they say become less sure", () => {
  expect(fitSharpness(cases(6))).toBeLessThan(0.6);
});

test("a first cause that blames a change which did nothing is not right", () => {
  const signals = [
    { kind: "change" as const, component: "a", change_id: "other", features: { near: 1 } },
    { kind: "component" as const, component: "a", change_id: null, features: { near: 0 } },
    { kind: "unknown" as const, component: null, change_id: null, features: {} },
  ];
  const cause = { component: "a", types: ["release" as const], changeId: "guilty" };
  const truth = { kind: "k", group: "fault" as const, seed: 1, causes: [cause], mayBeNone: false };
  expect(firstCauseOf(signals, truth, { near: 2 })?.isRight).toBe(false);
  expect(firstCauseOf(signals, truth, { near: -2 })?.isRight).toBe(true);
});
