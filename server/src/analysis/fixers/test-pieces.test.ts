import { expect, test } from "vitest";
import { parseModule } from "../../vendors/oxc/parse-module.ts";
import { isAmong, testPiecesOf } from "./test-pieces.ts";
import type { ChangedPart } from "./undo-parts.ts";

const changed = [
  'import { a } from "../src/a.js";',
  'test("first", () => {',
  '  test("inner", f);',
  "  equal(a(), 2);",
  "});",
  "",
  "it.only(`second`, f);",
  "",
].join("\n");

function pieces(part: ChangedPart) {
  const tree = parseModule("test/a.test.js", changed);
  if (tree === null) throw new Error("The source does not parse.");
  return testPiecesOf(changed, tree, [part]).map((piece) => [piece.test, piece.part.start, piece.part.added.length]);
}

const lines = (from: number, to: number): string[] => changed.split("\n").slice(from - 1, to);

test("a run of new lines falls into the tests that it holds and what stands around them", () => {
  expect(pieces({ start: 1, added: lines(1, 7), removed: [] })).toEqual([
    [null, 1, 1],
    ["first", 2, 4],
    ["second", 6, 2],
  ]);
});

test("lines inside of one test are a piece of it", () => {
  expect(pieces({ start: 4, added: lines(4, 4), removed: ["  equal(a(), 1);"] })).toEqual([["first", 4, 1]]);
});

test("the old lines of one test go with the first, those of several hold the whole run together", () => {
  const part = { start: 2, added: lines(2, 7) };
  const tree = parseModule("test/a.test.js", changed);
  const removed = ['test("first", f);'];
  const cut = tree === null ? [] : testPiecesOf(changed, tree, [{ ...part, removed }]);
  expect(cut.map((piece) => piece.part.removed)).toEqual([removed, []]);
  expect(pieces({ ...part, removed: [...removed, 'it("second", g);'] })).toEqual([
    ["first", 2, 6],
    ["second", 2, 6],
  ]);
});

test("a runner may put the file and the groups before a test's name", () => {
  expect(isAmong(["test/a.test.ts > group > first"], "first")).toBe(true);
  expect(isAmong(["the first"], "second")).toBe(false);
});
