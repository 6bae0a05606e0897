import { describe, expect, test } from "vitest";
import { fitWeights, rankOfRight } from "./conditional-logit.ts";
import { linesOfDiff, namedCauses } from "./mine-cases.ts";

describe("mining repairs that name their cause", () => {
  test("a message names a cause in the ways that people write it", () => {
    expect(namedCauses("fix bug introduced in 1a2b3c4")).toEqual(["1a2b3c4"]);
    expect(namedCauses("Fix labels\n\nThis is a regression from commit 8bb1d39431f2.")).toEqual(["8bb1d39431f2"]);
    expect(namedCauses("Fix upload.\n\nBroken by 417a81e7 (#12)")).toEqual(["417a81e7"]);
    expect(namedCauses("Fix order of scoped packages\n\n346bba1 broke the order")).toEqual(["346bba1"]);
  });

  test("reverts, backports, numbers of issues and commits that are only mentioned name none", () => {
    expect(namedCauses('Revert "x"\n\nThis reverts commit 1a2b3c4, bug introduced in 1a2b3c4')).toEqual([]);
    expect(namedCauses("Fix crash, bug introduced in 1234567")).toEqual([]);
    expect(namedCauses("Fix crash. See 1a2b3c4 for how the others do it")).toEqual([]);
    expect(namedCauses("Add what was caused by 1a2b3c4")).toEqual([]);
  });

  test("lines taken away and places of pure insertions are told apart; tests count only by themselves", () => {
    const code = "--- a/lib/a.js\n+++ b/lib/a.js\n@@ -3,2 +3 @@\n-x\n-y\n+z\n@@ -9,0 +9,2 @@\n+p\n+q\n";
    const tests = "--- a/test/a.js\n+++ b/test/a.js\n@@ -5 +5 @@\n-x\n+y\n";
    const docs = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-x\n+y\n";
    expect(linesOfDiff(code + tests + docs)).toEqual({ "lib/a.js": { deleted_lines: [3, 4], insert_after: [9] } });
    expect(linesOfDiff(tests + docs)).toEqual({ "test/a.js": { deleted_lines: [5], insert_after: [] } });
  });
});

describe("fitting weights", () => {
  test("a sign that tells gets weight, one that misleads gets none", () => {
    const choices = Array.from({ length: 40 }, (_, at) => ({
      candidates: [
        [1, 0],
        [0, 1],
        [at % 8 === 0 ? 1 : 0, 1],
      ],
      right: 0,
      weight: 1,
    }));
    const [telling = 0, misleading = 0] = fitWeights(choices, 2);
    expect(telling).toBeGreaterThan(1);
    expect(misleading).toBe(0);
    expect(choices.map((choice) => rankOfRight(choice, [telling, misleading]))).toEqual(choices.map(() => 1));
  });

  test("a right answer that is not among the candidates has no rank", () => {
    expect(rankOfRight({ candidates: [[1]], right: -1, weight: 1 }, [1])).toBe(Number.POSITIVE_INFINITY);
  });
});
