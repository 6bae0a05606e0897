import { expect, test } from "vitest";
import { foldFrames } from "./fold-frames.ts";

const own = (name: string) => ({ name, is_in_app: true });
const foreign = (name: string) => ({ name, is_in_app: false });

test("own frames stand alone, runs of foreign frames become one group, order and places are kept", () => {
  const groups = foldFrames([foreign("a"), own("b"), foreign("c"), foreign("d"), own("e")]);
  expect(groups.map((g) => [g.kind, g.index, g.kind === "folded" ? g.frames.length : 1])).toEqual([
    ["folded", 0, 1],
    ["shown", 1, 1],
    ["folded", 2, 2],
    ["shown", 4, 1],
  ]);
});

test("a stack of foreign frames only still shows the failing call", () => {
  expect(foldFrames([foreign("a"), foreign("b")]).map(({ kind }) => kind)).toEqual(["shown", "folded"]);
});

test("no frames make no groups", () => {
  expect(foldFrames([])).toEqual([]);
});
