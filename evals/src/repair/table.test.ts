import { expect, test } from "vitest";
import type { Bug } from "./corpus/bug.ts";
import { measureOdds, renderOdds } from "./measured-odds.ts";
import type { BugResult } from "./play/play-bug.ts";
import { renderClasses, renderMisses, summarize } from "./table.ts";

function result(name: string, facts: Partial<BugResult>): BugResult {
  const bug: Bug = {
    name,
    project: "shop",
    style: "service",
    errorClass: name.split("-")[0] ?? name,
    split: "dev",
    commits: [],
    culprit: 1,
    trigger: { kind: "script", source: "" },
    door: "sentry",
    isNew: false,
    oracle: "",
    repair: new Map(),
  };
  const nothing = { isCulpritFound: true, isReproduced: true, isApplied: true, isProven: true, isRight: true };
  return { bug, ...nothing, proposer: "revert", seconds: 4, reason: "", autopsy: null, incident: null, ...facts };
}

const results = [
  result("await-a", {}),
  result("await-b", { seconds: 7 }),
  result("shape-a", { isRight: false, seconds: 5, reason: "its proven patch is wrong: 2 is not 3" }),
  result("shape-b", {
    isReproduced: false,
    isApplied: false,
    isProven: false,
    isRight: null,
    seconds: null,
    reason: "no incident",
  }),
];

test("a proven patch that the oracle refuses is wrong and green", () => {
  expect(summarize(results)).toEqual({ bugs: 4, reproduced: 3, applied: 3, proven: 3, wrong_green: 1, median_s: 5 });
});

test("each class has its own line, and each miss its reason", () => {
  const lines = renderClasses(results).split("\n");
  expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(["class", "await", "shape", "all"]);
  expect(renderMisses(results).split("\n")).toEqual([
    "shape-a (shape): WRONG GREEN. its proven patch is wrong: 2 is not 3",
    "shape-b (shape): missed. no incident",
  ]);
});

test("without an answer the median is nought", () => {
  expect(summarize([]).median_s).toBe(0);
});

test("the odds of a proof are counted by whether the right commit was blamed, and a wrong proof speaks for no cause", () => {
  const missed = result("shape-c", { isCulpritFound: false, isProven: false, isRight: null });
  const odds = measureOdds([...results, missed]);
  expect(odds).toMatchObject({ right: { bugs: 3, proven: 2 }, wrong: { bugs: 2, proven: 1 }, provenIfWrong: 0.5 });
  expect(odds?.green).toBeCloseTo(4 / 3);
  expect(renderOdds(odds)).toContain("green x1.3, red x0.67");
  const none = measureOdds([result("await-a", {}), missed]);
  expect(none?.provenIfWrong).toBe(1);
  expect(measureOdds([missed])).toBeNull();
});
