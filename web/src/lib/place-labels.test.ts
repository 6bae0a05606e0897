import { expect, test } from "vitest";
import { placeLabels } from "./place-labels.ts";

test("labels that would overlap get a row of their own, the first free row is used again", () => {
  expect(placeLabels([0, 20, 40, 100, 110], 60)).toEqual([0, 1, 2, 0, 1]);
});

test("labels far apart share one row", () => {
  expect(placeLabels([0, 70, 140], 60)).toEqual([0, 0, 0]);
});
