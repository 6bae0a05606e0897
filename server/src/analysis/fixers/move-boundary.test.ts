import { expect, test } from "vitest";
import { failingFile } from "../../../../test/repair/failing-file.ts";
import { proposeMovedBoundaries } from "./move-boundary.ts";

const source =
  "function f(list) {\n  if (list.length === 1) return list[0];\n  for (let at = 0; at <= list.length; at += 1) use(list[at].id);\n  return a > b;\n}\n";

test("comparisons that the change wrote are moved by one, the failing line's first", () => {
  const texts = proposeMovedBoundaries(failingFile(source, "use("), new Set([2, 3])).map(({ text }) => text);
  expect(texts).toEqual([source.replace("at <= list", "at < list"), source.replace("=== 1", "<= 1")]);
});

test("comparisons that stood there before are left alone", () => {
  expect(proposeMovedBoundaries(failingFile(source, "use("), new Set())).toEqual([]);
});
