import { expect, test } from "vitest";
import { touchesSameLines } from "./touches-same-lines.ts";

const patch = "--- a/src/a.js\n+++ b/src/a.js\n@@ -10,3 +10,3 @@\n one\n-two\n+2\n three\n";
const file = (path: string, hunk: string, previousPath: string | null = null) => [
  { path, previousPath, status: "modified" as const, additions: 1, deletions: 1, patch: hunk },
];

test.each([
  ["the same line", file("src/a.js", "@@ -9,4 +9,4 @@\n zero\n one\n-two\n+zwei\n three\n"), true],
  ["a line beside it", file("src/a.js", "@@ -12,2 +12,2 @@\n-three\n+drei\n four\n"), false],
  ["another file", file("src/b.js", "@@ -9,4 +9,4 @@\n zero\n one\n-two\n+zwei\n three\n"), false],
  ["the same line of a file that it moves", file("lib/a.js", "@@ -11,1 +11,1 @@\n-two\n+zwei\n", "src/a.js"), true],
  ["a file of which the forge shows no lines", [{ ...file("src/a.js", "")[0], patch: null }], false],
] as const)("a pull request that changes %s", (_, files, isSame) => {
  expect(touchesSameLines(patch, files as Parameters<typeof touchesSameLines>[1])).toBe(isSame);
});
