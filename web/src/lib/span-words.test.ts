import { expect, test } from "vitest";
import { distanceWords } from "./span-words.ts";

test("what was less than a second away is told without a figure", () => {
  expect([0, 400, -400, 1000, -90_000].map(distanceWords)).toEqual([
    "just before",
    "just before",
    "just after",
    "1 s before",
    "2 min after",
  ]);
});
