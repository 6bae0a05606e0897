import fc from "fast-check";
import { expect, test } from "vitest";
import { looksLikeDiff, parseDiff } from "./parse-diff.ts";

const twoFiles = `diff --git a/src/cart.ts b/src/cart.ts
index 1111111..2222222 100644
--- a/src/cart.ts
+++ b/src/cart.ts
@@ -10,4 +10,5 @@ export function total() {
 const a = 1;
-const b = two;
+const b = 2;
+const c = 3;
 return a;
 }
diff --git a/test/cart.test.ts b/test/cart.test.ts
new file mode 100644
--- /dev/null
+++ b/test/cart.test.ts
@@ -0,0 +1 @@
+test("x");
\\ No newline at end of file
`;

test("each file has its path, its counts and line numbers on both sides", () => {
  const [cart, added, ...rest] = parseDiff(twoFiles);
  expect(rest).toEqual([]);
  expect(cart).toMatchObject({ path: "src/cart.ts", addedCount: 2, removedCount: 1, change: null });
  expect(cart?.lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
    ["hunk", null, null],
    ["context", 10, 10],
    ["removed", 11, null],
    ["added", null, 11],
    ["added", null, 12],
    ["context", 12, 13],
    ["context", 13, 14],
  ]);
  expect(added).toMatchObject({ path: "test/cart.test.ts", change: "new file", addedCount: 1, removedCount: 0 });
});

test("a removed SQL comment is a removed line, not the head of another file", () => {
  const files = parseDiff("--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,1 @@\n--- old note\n select 1;\n");
  expect(files).toHaveLength(1);
  expect(files[0]?.lines[1]).toMatchObject({ kind: "removed", text: "-- old note" });
});

test("a diff without git's header line is read, one file after the other", () => {
  const files = parseDiff("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-1\n+2\n");
  expect(files.map(({ path }) => path)).toEqual(["x", "y"]);
});

test("a deleted file keeps its old path, a commit message before the diff stays readable", () => {
  const files = parseDiff(
    "commit abc\n\n    Drop it\n\ndiff --git a/x.ts b/x.ts\ndeleted file mode 100644\n--- a/x.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n",
  );
  expect(files[0]?.lines.map(({ text }) => text)).toContain("    Drop it");
  expect(files[1]).toMatchObject({ path: "x.ts", change: "deleted", removedCount: 1 });
});

test("only text with a hunk is taken for a diff", () => {
  expect(looksLikeDiff(twoFiles)).toBe(true);
  expect(looksLikeDiff("- one\n+ two\n@@ nothing")).toBe(false);
});

test("no text breaks it and no line of a hunk is lost", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "@@ -1,2 +1,3 @@",
      "--- a/x",
      "+++ b/x",
      "diff --git a/x b/x",
      "\\ No newline",
      "+a",
      "-a",
      " a",
      "",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const files = parseDiff(lines.join("\n"));
      const counted = files.reduce((sum, file) => sum + file.addedCount + file.removedCount, 0);
      expect(counted).toBeLessThanOrEqual(lines.join("\n").split("\n").length);
    }),
    { numRuns: 500 },
  );
});
