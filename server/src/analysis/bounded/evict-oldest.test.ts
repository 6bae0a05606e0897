import { expect, test } from "vitest";
import { evictOldest } from "./evict-oldest.ts";

const numbered = (size: number) =>
  new Map<number, string>(Array.from({ length: size }, (_, index) => [index, `v${index}`]));

test("a map with room keeps what it holds", () => {
  const map = numbered(7);
  expect(evictOldest(map, 8)).toEqual([]);
  expect(map.size).toBe(7);
});

test("a full map gives out what was put in first, and has room after", () => {
  const map = numbered(16);
  map.delete(0);
  map.set(0, "again");
  expect(evictOldest(map, 16)).toEqual([
    [1, "v1"],
    [2, "v2"],
  ]);
  expect([...map.keys()].at(0)).toBe(3);
  expect(map.get(0)).toBe("again");
});

test("a map of one entry is emptied, and one that is over its bound is brought below it", () => {
  expect(evictOldest(numbered(1), 1)).toHaveLength(1);
  const map = numbered(100);
  evictOldest(map, 16);
  expect(map.size).toBe(14);
});

test("room for a new entry costs the same in a map of 100,000 as in one of 1,000", () => {
  const cpuOf = (sizeMax: number) => {
    const map = numbered(sizeMax);
    const before = process.cpuUsage();
    for (let index = sizeMax; index < sizeMax + 200_000; index += 1) {
      evictOldest(map, sizeMax);
      map.set(index, "");
    }
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  cpuOf(1_000);
  expect(cpuOf(100_000)).toBeLessThan(20 * cpuOf(1_000) + 200_000);
});
