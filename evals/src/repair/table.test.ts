import type { Autopsy, IncidentDetail } from "@culprit/contract";
import { expect, test } from "vitest";
import type { Bug } from "./corpus/bug.ts";
import { measureOdds, oddsFileOf, renderOdds } from "./measured-odds.ts";
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
  return {
    bug,
    ...nothing,
    proposer: "revert",
    seconds: 4,
    reason: "",
    autopsy: null,
    incident: null,
    wrongCause: null,
    ...facts,
  };
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

/** A bug with a verdict that is 0.8 sure and what came of the proof. */
function judged(isRight: boolean, facts: Partial<Autopsy>): BugResult {
  const first = { rank: 1, confidence: 0.8 };
  return result("await-a", {
    isCulpritFound: isRight,
    isProven: facts.proof === "green",
    incident: { culprit_commit: "a1", hypotheses: [first] } as unknown as IncidentDetail,
    autopsy: { proof: "not_run", patch_kind: "fix", proof_reason: "", ...facts } as Autopsy,
  });
}

test("the odds of a proof are counted by whether the right commit was blamed, with half a bug more on each side", () => {
  const bugs = [
    ...[1, 2, 3].map(() => judged(true, { proof: "green" })),
    judged(true, { proof: "red" }),
    judged(false, {}),
    // Somebody held a wrong commit to be the cause.
    { ...result("await-b", {}), wrongCause: { proof: "red", patch_kind: "revert", proof_reason: "" } as Autopsy },
  ];
  const odds = measureOdds(bugs);
  expect(odds).toMatchObject({ right: { bugs: 4, green: 3, red: 1 }, wrong: { bugs: 2, green: 0, red: 1 } });
  expect(odds?.green.odds).toBeCloseTo(3.5 / 5 / (0.5 / 3));
  expect(odds?.red.odds).toBeCloseTo(1.5 / 5 / (1.5 / 3));
  expect(odds && odds.green.from < odds.green.odds && odds.green.odds < odds.green.to).toBe(true);
  const words = renderOdds(bugs);
  expect(words).toContain("green x4.20");
  expect(words).toContain("0.8–0.9: right 4 of 5");
  expect(odds && oddsFileOf(odds)).toContain("export const proofOdds = { green: 4.2, red: 0.6 } as const;");
});

test("what says nothing about the blamed commit is no outcome of its proof: mitigations, another commit's proof; and a wrong proof is of a wrong cause", () => {
  const elsewhere = "The verdict blames a1; this was tried for b2.";
  const bugs = [
    judged(true, { proof: "green", patch_kind: "mitigation" }),
    judged(true, { proof: "green", proof_reason: elsewhere }),
    { ...judged(true, { proof: "green" }), isRight: false },
  ];
  expect(measureOdds(bugs)).toMatchObject({
    right: { bugs: 2, green: 0, red: 0 },
    wrong: { bugs: 1, green: 1, red: 0 },
  });
  expect(measureOdds(bugs)?.green.odds).toBe(1);
  expect(measureOdds([result("await-a", { incident: null })])).toBeNull();
});
