import { expect, test } from "vitest";
import { unitWords } from "./unit-words.ts";

test("a unit is told as people write it, and none where a number is bare", () => {
  expect(["ms", "By", "By/s", "{request}", "1", "", null].map(unitWords)).toEqual([
    ...["ms", "B", "B/s", "request"],
    ...[null, null, null],
  ]);
});
