import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DiffLine, parseDiff } from "./parse-diff.ts";

const sample = `diff --git a/src/a.js b/src/b.js
similarity index 80%
rename from src/a.js
rename to src/b.js
--- a/src/a.js
+++ b/src/b.js
@@ -1,3 +1,4 @@ function head() {
 one
-two
+TWO
+three
 four
@@ -10 +11,0 @@
--- gone
\\ No newline at end of file
diff --git "a/\\303\\244.txt" "b/\\303\\244.txt"
new file mode 100644
--- /dev/null
+++ "b/\\303\\244.txt"
@@ -0,0 +1 @@
+++ text that looks like a header
diff --git a/x.bin b/x.bin
deleted file mode 100644
Binary files a/x.bin and /dev/null differ
`;

describe("parseDiff", () => {
  test("reads renames, quoted names, new and deleted files, and lines that look like headers", () => {
    const [renamed, created, deleted] = parseDiff(sample);
    expect(renamed).toMatchObject({ oldPath: "src/a.js", newPath: "src/b.js", isBinary: false });
    expect(renamed?.hunks.map((hunk) => hunk.section)).toEqual(["function head() {", ""]);
    expect(renamed?.hunks[0]?.lines.map(({ kind, text, oldLine, newLine }) => [kind, text, oldLine, newLine])).toEqual([
      ["context", "one", 1, 1],
      ["removed", "two", 2, null],
      ["added", "TWO", null, 2],
      ["added", "three", null, 3],
      ["context", "four", 3, 4],
    ]);
    expect(renamed?.hunks[1]?.lines).toEqual([{ kind: "removed", text: "-- gone", oldLine: 10, newLine: null }]);
    expect(created).toMatchObject({ oldPath: null, newPath: "ä.txt" });
    expect(created?.hunks[0]?.lines[0]?.text).toBe("++ text that looks like a header");
    expect(deleted).toMatchObject({ oldPath: "x.bin", newPath: null, isBinary: true, hunks: [] });
  });

  test("a diff of any lines is read back as it was, and both sides keep their numbers", () => {
    const line = fc.record({
      kind: fc.constantFrom("context", "added", "removed"),
      text: fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, "")),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.nat({ max: 500 }), (lines, at) => {
        const count = (kind: DiffLine["kind"]) =>
          lines.filter((one) => one.kind === kind || one.kind === "context").length;
        const [removed, added] = [count("removed"), count("added")];
        const marks = { context: " ", added: "+", removed: "-" } as const;
        const body = lines.map((one) => `${marks[one.kind as DiffLine["kind"]]}${one.text}`).join("\n");
        const text = `diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -${removed === 0 ? at : at + 1},${removed} +${added === 0 ? at : at + 1},${added} @@\n${body}\n`;
        const read = parseDiff(text)[0]?.hunks[0]?.lines ?? [];
        expect(read.map(({ kind, text: own }) => ({ kind, text: own }))).toEqual(lines);
        const numbers = (side: "oldLine" | "newLine") => read.flatMap((one) => one[side] ?? []);
        expect(numbers("oldLine")).toEqual(Array.from({ length: removed }, (_, index) => at + 1 + index));
        expect(numbers("newLine")).toEqual(Array.from({ length: added }, (_, index) => at + 1 + index));
      }),
      { numRuns: 1_000 },
    );
  });

  test("no text makes it fail, and ten thousand of them leave no memory behind", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "diff --git a/x b/x",
        "--- a/x",
        "+++ b/x",
        "@@ -1,3 +1,2 @@ f()",
        "@@ -1 +1 @@",
        "@@ -0,0 +1,999999999 @@",
        "+a",
        "-b",
        " c",
        "\\ No newline at end of file",
        "rename to y",
        '"a/\\777',
        "Binary files a and b differ",
      ),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    const seed = Date.now() % 1_000_000;
    console.log(`seed ${seed}`);
    const before = process.memoryUsage().heapUsed;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = pieces.join("\n");
        const rows = parseDiff(text).flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
        expect(rows.length).toBeLessThanOrEqual(text.split("\n").length);
      }),
      { numRuns: 10_000, seed },
    );
    globalThis.gc?.();
    expect((process.memoryUsage().heapUsed - before) / 1024 ** 2).toBeLessThan(50);
  });
});
