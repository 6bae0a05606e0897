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
    { sha: "1a2b3c4d", author: "Ada L.", date: "2026-11-02", line: 41, code: "  const a = 1;" },
    { sha: "9f8e7d6c", author: "Grace Hopper", date: "2026-11-20", line: 42, code: "" },
  ]);
});

test("other text is not taken for blame", () => {
  expect(parseBlame("the commit 1a2b3c4d touched it")).toBeNull();
  expect(parseBlame("")).toBeNull();
});
