import { expect, test } from "vitest";
import { RecentKeys } from "./recent-keys.ts";

test("a key is remembered for its time and not longer", () => {
  let nowMs = 0;
  const recent = new RecentKeys(100, () => nowMs);
  recent.add("a");
  nowMs = 99;
  expect([recent.has("a"), recent.has("b")]).toEqual([true, false]);
  nowMs = 100;
  expect(recent.has("a")).toBe(false);
});
