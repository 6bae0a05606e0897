import { expect, test } from "vitest";
import { closeToFirst } from "./blame.ts";

test.each([
  [[], 0],
  [[1], 1],
  [[0.944, 0.056], 1],
  [[0.567, 0.433], 2],
  [[0.3, 0.28, 0.26, 0.1], 3],
])("of the scores %j, %i lead together", (scores, expected) => {
  expect(closeToFirst(scores.map((score) => ({ score })))).toBe(expected);
});
