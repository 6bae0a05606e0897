import { expect, test } from "vitest";
import { diffOf, failingFile, linesAfter } from "../../../../test/repair/failing-file.ts";
import type { Failure } from "./read-failure.ts";
import { renamesInDiff } from "./renames-in-diff.ts";
import { proposeRestoredNames } from "./restore-renamed.ts";

const failure: Failure = { kind: "nullish_read", property: "day", value: "undefined" };

test("several names that one change renamed are followed at once", () => {
  const diff = diffOf(
    "src/rooms.ts",
    '-  { id: "r-1", name: "Nord", prices: { hour: 25, day: 160 } },',
    '+  { id: "r-1", name: "Nord", pricing: { perHour: 25, perDay: 160 } },',
  );
  const file = failingFile("function f(room) {\n  return room.prices.day ?? room.prices.hour * 10;\n}\n", "return");
  expect(linesAfter(proposeRestoredNames(file, failure, diff), file)[0]).toBe(
    "return room.pricing.perDay ?? room.pricing.perHour * 10;",
  );
});

test("a property is known again by its value, where others came beside it", () => {
  const diff = diffOf(
    "a.js",
    '-  ["AT", { zone: "home", cents: 390 }],',
    '+  ["AT", { name: "home", carrier: "Alpenpost", cents: 390 }],',
  );
  expect(renamesInDiff(diff)).toMatchObject([{ from: "zone", to: "name" }]);
});

test("a value that stands under two new names, or whose old name is still there, tells no rename", () => {
  const twice = diffOf("a.js", '-  { zone: "home", cents: 1 },', '+  { name: "home", title: "home", cents: 1 },');
  const kept = diffOf("a.js", '-  { zone: "home", cents: 1 },', '+  { zone: "home", name: "home", cents: 1 },');
  expect([renamesInDiff(twice), renamesInDiff(kept)]).toEqual([[], []]);
});

test("a name taken out of an object gets the new key and stays the same variable", () => {
  const diff = diffOf("lib.js", "-module.exports = { groupBy, sumOf };", "+module.exports = { groupRows, sumOf };");
  const file = failingFile(
    'const { groupBy } = require("./lib.js");\nfunction f(rows) {\n  return rows.map(groupBy);\n}\n',
    "require",
  );
  const called: Failure = { kind: "not_a_function", callee: "groupBy" };
  expect(linesAfter(proposeRestoredNames(file, called, diff), file)).toEqual([
    'const { groupRows: groupBy } = require("./lib.js");',
  ]);
});
