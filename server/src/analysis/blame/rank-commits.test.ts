import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDiff } from "../diff/parse-diff.ts";
import { type CommitFeatures, commitFeatures } from "./commit-features.ts";
import type { BlameFacts, TouchingCommit } from "./facts.ts";
import { rankCommits } from "./rank-commits.ts";
import { sourceContext } from "./source-context.ts";

const source = [
  "function priceOf(item, rates) {",
  "  const rate = rates.find(item.currency);",
  "  const cents = item.cents * rate.factor;",
  "  return cents / 100;",
  "}",
  "",
  "function labelOf(item) {",
  "  return item.title.trim();",
  "}",
];

/** One hunk of `a.js`: the rows of a diff, from the line given on both sides. */
function commit(sha: string, committedAt: string, at: number, rows: readonly string[]): TouchingCommit {
  const count = (sign: string) => rows.filter((row) => row.startsWith(sign) || row.startsWith(" ")).length;
  const patch = `diff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -${at},${count("-")} +${at},${count("+")} @@\n${rows.join("\n")}\n`;
  return { sha, committedAt, files: parseDiff(patch) };
}

function factsOf(
  lines: readonly { line: number; weight?: number; blamed?: string }[],
  touching: readonly TouchingCommit[],
): BlameFacts {
  const dates = new Map(touching.map((one) => [one.sha, one.committedAt]));
  return {
    ranAt: "2024-05-10T00:00:00.000Z",
    places: lines.map(({ line, weight }) => ({
      path: "a.js",
      line,
      text: source[line - 1] ?? "",
      weight: weight ?? 1,
      context: sourceContext(source, line),
    })),
    blamed: lines.flatMap(({ line, blamed }) =>
      blamed === undefined
        ? []
        : [
            {
              path: "a.js",
              line,
              sha: blamed,
              originalPath: "a.js",
              committedAt: dates.get(blamed) ?? "2020-01-01T00:00:00.000Z",
            },
          ],
    ),
    touching,
  };
}

const order = (facts: BlameFacts) => rankCommits(commitFeatures(facts)).map((one) => one.sha);
const reasonsOf = (facts: BlameFacts, sha: string) =>
  rankCommits(commitFeatures(facts)).find((one) => one.sha === sha)?.reasons ?? [];

const lookup = commit("lookup", "2024-05-09T00:00:00.000Z", 1, [
  " function priceOf(item, rates) {",
  "-  const rate = rates.get(item.currency);",
  "+  const rate = rates.find(item.currency);",
  "   const cents = item.cents * rate.factor;",
]);
const label = commit("label", "2024-05-09T12:00:00.000Z", 7, [
  " function labelOf(item) {",
  "-  return item.title;",
  "+  return item.title.trim();",
  " }",
]);

describe("ranking the commits behind failing lines", () => {
  test("who changed the line before the failing one comes before who wrote the failing line years ago", () => {
    const facts = factsOf([{ line: 3, blamed: "first" }], [label, lookup]);
    expect(order(facts)[0]).toBe("lookup");
    expect(reasonsOf(facts, "lookup")).toContain("made the newest change at or near a failing line");
    expect(reasonsOf(facts, "first")).toContain(
      "wrote every failing line (git blame, formatting and moves looked through)",
    );
  });

  test("a commit of the same file that shares nothing with the failing line is not first, though it is the newest", () => {
    expect(order(factsOf([{ line: 3, blamed: "lookup" }], [label, lookup]))).toEqual(["lookup", "label"]);
  });

  test("a commit that only indents the failing line does not take the turn of the one that changed it", () => {
    const indent = commit("indent", "2024-05-09T18:00:00.000Z", 2, [
      "-    const rate = rates.find(item.currency);",
      "+  const rate = rates.find(item.currency);",
    ]);
    const facts = factsOf([{ line: 2, blamed: "lookup" }], [indent, lookup]);
    expect(order(facts)).toEqual(["lookup", "indent"]);
    expect(reasonsOf(facts, "lookup")).toContain("made the newest change at or near a failing line");
    expect(reasonsOf(facts, "indent")).toContain("changed only formatting, comments or positions there");
  });

  test("a caller's newest change counts less than the failing call's, and is told as the newest still", () => {
    const facts = factsOf(
      [
        { line: 2, blamed: "lookup" },
        { line: 8, blamed: "label", weight: 0.3 },
      ],
      [label, lookup],
    );
    expect(order(facts)[0]).toBe("lookup");
    expect(reasonsOf(facts, "label")).toContain("made the newest change at or near a failing line");
  });

  test("names that are told as shared stand both in the failing line and in the commit's changed lines", () => {
    const facts = factsOf([{ line: 3 }], [label, lookup]);
    const shared = commitFeatures(facts).find((one) => one.sha === "lookup")?.sharedNames ?? [];
    expect(shared).toEqual(["rate", "item"]);
  });

  test("more of any sign never lowers a commit, whatever the others show, and scores share one", () => {
    const features = fc.record({
      sha: fc.uuid(),
      blame: fc.double({ min: 0, max: 1, noNaN: true }),
      lineTurn: fc.double({ min: 0, max: 1, noNaN: true }),
      lineNth: fc.nat(9),
      functionTurn: fc.double({ min: 0, max: 1, noNaN: true }),
      functionNth: fc.nat(9),
      names: fc.double({ min: 0, max: 1, noNaN: true }),
      sharedNames: fc.constant([]),
      days: fc.double({ min: 0, max: 9000, noNaN: true }),
      age: fc.nat(60),
      size: fc.nat(500),
      substance: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const raised: readonly Partial<CommitFeatures>[] = [
      { blame: 1 },
      { lineTurn: 1, lineNth: 1 },
      { functionTurn: 1, functionNth: 1 },
      { names: 1 },
      { days: 0 },
    ];
    fc.assert(
      fc.property(fc.array(features, { minLength: 1, maxLength: 8 }), fc.constantFrom(...raised), (found, more) => {
        const [one, ...others] = found;
        if (one === undefined) return;
        const placeOf = (list: readonly CommitFeatures[]) => rankCommits(list).findIndex(({ sha }) => sha === one.sha);
        expect(placeOf([{ ...one, ...more }, ...others])).toBeLessThanOrEqual(placeOf(found));
        expect(rankCommits(found).reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 2);
      }),
    );
  });
});
