import { expect, test } from "vitest";
import { diffOf } from "../../../../test/repair/failing-file.ts";
import { partsOf, undoParts } from "./undo-parts.ts";

const changed = "one\nTWO\nthree\nfour\nFIVE\n";
const diff = diffOf("src/a.js", " one", "-two", "+TWO", " three", "-3.5", " four", "+FIVE");

test("a change falls into runs of lines", () => {
  expect(partsOf(diff).get("src/a.js")).toEqual([
    { start: 2, added: ["TWO"], removed: ["two"] },
    { start: 4, added: [], removed: ["3.5"] },
    { start: 5, added: ["FIVE"], removed: [] },
  ]);
});

test("one part is undone, and what came later stays", () => {
  const [first, second, third] = partsOf(diff).get("src/a.js") ?? [];
  const now = changed.replace("three", "three!");
  expect(undoParts(changed, now, first === undefined ? [] : [first])).toBe("one\ntwo\nthree!\nfour\nFIVE\n");
  expect(undoParts(changed, now, second === undefined ? [] : [second])).toBe("one\nTWO\nthree!\n3.5\nfour\nFIVE\n");
  expect(undoParts(changed, changed, third === undefined ? [] : [third])).toBe("one\nTWO\nthree\nfour\n");
});

test("files that were added have no parts", () => {
  expect(partsOf("diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n").size).toBe(0);
});
