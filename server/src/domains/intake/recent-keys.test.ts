import { expect, test } from "vitest";
import { RecentKeys } from "./recent-keys.ts";

test("a key is remembered for its time and not longer", () => {
  let nowMs = 0;
  const recent = new RecentKeys(100, () => nowMs);
  recent.add("a", 0);
  nowMs = 99;
  expect([recent.has("a", 99), recent.has("b", 99)]).toEqual([true, false]);
  nowMs = 100;
  expect(recent.has("a", 99)).toBe(false);
});

test("a key is news again for an earlier instant, and for one that is far later", () => {
  const recent = new RecentKeys(100, () => 0);
  recent.add("a", 1000);
  expect([999, 1000, 1099, 1100].map((atMs) => recent.has("a", atMs))).toEqual([false, true, true, false]);
  recent.add("a", 900);
  recent.add("a", 1100);
  expect([899, 900, 1199, 1200].map((atMs) => recent.has("a", atMs))).toEqual([false, true, true, false]);
});
