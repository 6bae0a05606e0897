import { expect, test } from "vitest";
import { diffOf, failingFile, linesAfter } from "../../../../test/repair/failing-file.ts";
import { proposeFollowedParameters, reorderedFunctions } from "./follow-parameters.ts";

const file = failingFile('const a = 1;\nconst sums = sumOf(rows, "cents") + other(rows, a);\n', "sums");

test("a call gets its arguments in the new order of the parameters, types and defaults aside", () => {
  const diff = diffOf(
    "src/b.ts",
    "-export function sumOf(rows: Row[], column = 'cents') {",
    "+export function sumOf(column: string, rows: readonly Row[]) {",
  );
  expect(linesAfter(proposeFollowedParameters(file, diff), file)).toEqual([
    'const sums = sumOf("cents", rows) + other(rows, a);',
  ]);
});

test("renamed, added or unchanged parameters are nothing to follow", () => {
  for (const now of [
    "function sumOf(rows, key) {",
    "function sumOf(rows, column, x) {",
    "function sumOf(rows, column) { //",
  ])
    expect(proposeFollowedParameters(file, diffOf("src/b.js", "-function sumOf(rows, column) {", `+${now}`))).toEqual(
      [],
    );
});

test("the functions that a change reordered are known by name, however they are declared", () => {
  const diff = diffOf(
    "a.ts",
    "-const f = (a: A, b = 1) => a;",
    "+const f = (b = 1, a: A) => a;",
    "-  move(from, to) {",
    "+  move(to, from) {",
  );
  expect([...reorderedFunctions(diff)]).toEqual(["f", "move"]);
});
