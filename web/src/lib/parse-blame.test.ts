import { expect, test } from "vitest";
import { parseBlame } from "./parse-blame.ts";

test("git's own output becomes rows, with a boundary mark, a file name and a date of either length", () => {
  expect(
    parseBlame(
      [
        "^1a2b3c4d (Ada L.      2026-11-02 10:11:12 +0000  41)   const a = 1;",
        "9f8e7d6c src/old.ts (Grace Hopper 2026-11-20 42) ",
      ].join("\n"),
    ),
  ).toEqual([
    { sha: "1a2b3c4d", author: "Ada L.", date: "2026-11-02", path: null, line: 41, code: "  const a = 1;" },
    { sha: "9f8e7d6c", author: "Grace Hopper", date: "2026-11-20", path: null, line: 42, code: "" },
  ]);
});

test("Culprit's own rows name the file", () => {
  expect(parseBlame("3f9c2ab7 src/pricing/discount.ts:27 return tier.ratio;\n3f9c2ab7 src/a.ts:3 ")).toEqual([
    {
      sha: "3f9c2ab7",
      author: null,
      date: null,
      path: "src/pricing/discount.ts",
      line: 27,
      code: "return tier.ratio;",
    },
    { sha: "3f9c2ab7", author: null, date: null, path: "src/a.ts", line: 3, code: "" },
  ]);
});

test("other text is not taken for blame", () => {
  expect(parseBlame("the commit 1a2b3c4d touched it")).toBeNull();
  expect(parseBlame("")).toBeNull();
});
