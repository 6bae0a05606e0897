import { expect, test } from "vitest";
import { groupingAccuracy } from "./grouping-accuracy.ts";
import { readCsv } from "./read-csv.ts";

test("one line in the wrong group makes all lines of both groups wrong", () => {
  expect(groupingAccuracy(["x", "x", "y", "z"], ["A", "A", "B", "B"])).toBe(0.5);
  expect(groupingAccuracy(["x", "x", "x", "z"], ["A", "A", "B", "C"])).toBe(0.25);
  expect(groupingAccuracy(["1", "2", "2"], ["A", "B", "B"])).toBe(1);
  expect(groupingAccuracy([], [])).toBe(0);
});

test("quoted cells may hold commas, quotes and line ends", () => {
  expect(readCsv('a,b\r\n1,"x, ""y""\nz"\n,\n')).toEqual([
    { a: "1", b: 'x, "y"\nz' },
    { a: "", b: "" },
  ]);
});
