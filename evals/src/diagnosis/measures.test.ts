import type { CaseDiagnosis } from "@culprit/contract";
import { expect, test } from "vitest";
import { fuse, rankedCorrelation, traversal } from "../baselines/by-graph.ts";
import { epsilonDiagnosis, nSigma, robustScorer } from "../baselines/by-series.ts";
import type { Evidence } from "../baselines/evidence.ts";
import type { Truth } from "../scenarios/fault.ts";
import { calibrate } from "./calibration.ts";
import { leaveOneSetOut } from "./leave-one-set-out.ts";
import { main } from "./main.ts";
import { averageAt5, hitsWithin } from "./rank.ts";
import { withoutWeaker } from "./render.ts";
import { scoreScenario, scoreScenarios } from "./score-scenarios.ts";
import { wilsonInterval } from "./wilson.ts";

const scored = (text: string) =>
  text.split(" ").map((word) => ({ score: Number(word.replace("!", "")), isRight: word.endsWith("!") }));

test("a right answer counts by its expected rank among equals", () => {
  expect(hitsWithin(scored("3! 2 1"))).toEqual([1, 1, 1, 1, 1]);
  expect(hitsWithin(scored("3 2! 1"))).toEqual([0, 1, 1, 1, 1]);
  expect(hitsWithin(scored("2 2! 2 2"))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  expect(hitsWithin(scored("2! 2! 2 1"))[0]).toBeCloseTo(2 / 3);
  expect(hitsWithin(scored("3 2 1"))).toEqual([0, 0, 0, 0, 0]);
  expect(averageAt5(hitsWithin(scored("3 2! 1")))).toBeCloseTo(0.8);
});

test("calibration error is 0 for a confidence that means what it says, and large for a boaster", () => {
  const honest = Array.from({ length: 100 }, (_, at) => ({ confidence: 0.75, isRight: at % 4 !== 0 }));
  expect(calibrate(honest).ece).toBeCloseTo(0);
  expect(calibrate(honest).brierSkill).toBeCloseTo(0);
  const boaster = honest.map((claim) => ({ ...claim, confidence: 0.99 }));
  expect(calibrate(boaster).ece).toBeCloseTo(0.24);
  expect(calibrate(boaster).brierSkill).toBeLessThan(0);
  const seer = honest.map((claim) => ({ ...claim, confidence: Number(claim.isRight) }));
  expect(calibrate(seer)).toMatchObject({ ece: 0, brier: 0, brierSkill: 1 });
  expect(calibrate([])).toMatchObject({ count: 0, ece: 0 });
});

test("a set that is named and not at hand says where it comes from, and ends with 1", async () => {
  const printed: string[] = [];
  const log = console.log;
  console.log = (line: string) => void printed.push(line);
  try {
    expect(await main(["petshop", "--data", "nowhere"])).toBe(1);
  } finally {
    console.log = log;
  }
  expect(printed.join("\n")).toMatch(/Not at hand, not counted.*github\.com\/amazon-science.*EVAL_DATA/);
});

test("a skill against the base rate is not told where nearly all answers are right", () => {
  const claims = Array.from({ length: 26 }, (_, at) => ({ confidence: 0.66, isRight: at > 0 }));
  expect(calibrate(claims).brierSkill).toBeNull();
  expect(calibrate(claims.map((claim, at) => ({ ...claim, isRight: at % 4 === 0 }))).brierSkill).not.toBeNull();
});

test("what is learnt on other sets mends a boaster of the same habit", () => {
  const set = (name: string) => ({
    name,
    claims: Array.from({ length: 60 }, (_, at) => ({ confidence: at % 2 === 0 ? 0.97 : 0.6, isRight: at % 3 !== 0 })),
  });
  for (const { asIs, fittedOnOthers } of leaveOneSetOut([set("a"), set("b"), set("c")]))
    expect(fittedOnOthers.brier).toBeLessThan(asIs.brier);
});

test("Wilson's interval holds the share and narrows with the count", () => {
  const [low, high] = wilsonInterval(17, 26);
  expect(low).toBeCloseTo(0.462, 2);
  expect(high).toBeCloseTo(0.806, 2);
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
});

const truth = (more: Partial<Truth>): Truth => ({
  kind: "k",
  group: "fault",
  seed: 1,
  mayBeNone: false,
  causes: [],
  ...more,
});
const said = (
  service: string | null,
  verdict: CaseDiagnosis["verdict"],
  change_id: string | null = null,
): CaseDiagnosis => ({
  case: "c",
  causes: service === null ? [] : [{ service, metric: null, type: "release", score: 1, confidence: 0.9, change_id }],
  verdict,
  confidence: service === null ? 0 : 0.9,
  seconds: 0.1,
  evidence: [],
});

test("blame is false where nothing is wrong, where another component did it, and where the change is another; silence is not", () => {
  const guilty = truth({ causes: [{ component: "cart", types: ["release"], changeId: "chg-1" }] });
  const quiet = truth({ group: "healthy", mayBeNone: true });
  expect(scoreScenario(guilty, said("cart", "likely", "chg-1"))).toMatchObject({
    isFirstRight: true,
    isFalseBlame: false,
    isChangeRight: true,
  });
  expect(scoreScenario(guilty, said("cart", "likely"))).toMatchObject({
    isFirstRight: true,
    isFalseBlame: false,
    isChangeRight: false,
  });
  expect(scoreScenario(guilty, said("cart", "likely", "chg-2"))).toMatchObject({
    isFirstRight: false,
    isFalseBlame: true,
  });
  expect(scoreScenario(guilty, said("web", "confirmed"))).toMatchObject({ isFirstRight: false, isFalseBlame: true });
  expect(scoreScenario(guilty, said("web", "inconclusive"))).toMatchObject({
    isFirstRight: false,
    isFalseBlame: false,
  });
  expect(scoreScenario(quiet, said("web", "likely")).isFalseBlame).toBe(true);
  expect(scoreScenario(quiet, said(null, "inconclusive")).isFalseBlame).toBe(false);
  const score = scoreScenarios([
    scoreScenario(guilty, said("cart", "likely", "chg-1")),
    scoreScenario(quiet, said("web", "likely")),
  ]);
  expect(score).toMatchObject({ runs: 2, withCause: 1, causeTop1: 1, quietRuns: 1, falseBlame: 1, wrongBlame: 0 });
});

test("the baselines find a fault that each of them is made for", () => {
  const wave = (level: number, count = 40) => Array.from({ length: count }, (_, at) => level + Math.sin(at));
  const evidence: Evidence = {
    components: ["web", "cart", "db"],
    edges: [
      { from: "web", to: "cart" },
      { from: "cart", to: "db" },
    ],
    target: "web",
    series: [
      { component: "web", metric: "latency", normal: wave(10), bad: wave(30, 10) },
      { component: "cart", metric: "latency", normal: wave(10), bad: wave(35, 10) },
      { component: "db", metric: "latency", normal: wave(10), bad: wave(60, 10) },
      { component: "db", metric: "constant", normal: Array(40).fill(1), bad: Array(10).fill(1) },
    ],
  };
  for (const method of [nSigma, robustScorer, epsilonDiagnosis, traversal, fuse(traversal, nSigma)]) {
    const [first] = [...method(evidence)].sort((a, b) => b[1] - a[1]);
    expect(first?.[0]).toBe("db");
  }
  expect(rankedCorrelation(evidence).get("db")).toBeGreaterThan(0.9);
});

test("of a method that was run again and published the better figure stands, by what is shown", () => {
  const own = (name: string, top1: number, top3: number, avg5 = 0.5) => ({ name, top1, top3, top5: 1, avg5 });
  const known = [
    { method: "traversal", top1: 0.58, top3: 0.77, source: "" },
    { method: "random walk", top1: 0, top3: 0.04, source: "" },
    { method: "ε-diagnosis", top1: 0, top3: 0, source: "" },
    { method: "BARO RobustScorer", top1: 0.15, top3: 0.27, source: "" },
  ];
  const again = [own("traversal", 0.04, 0.42), own("random walk", 0.23, 0.62), own("ε-diagnosis", 0, 0.12)];
  const left = withoutWeaker([...again, own("BARO RobustScorer", 4 / 26, 7 / 26), own("N-Sigma", 0.1, 0.1)], known);
  expect(left.map(({ name }) => name)).toEqual(["random walk", "ε-diagnosis", "N-Sigma"]);
  const byAverage = [{ method: "BARO", avg5: 0.99, source: "" }];
  expect(withoutWeaker([own("BARO RobustScorer", 0.8, 0.95, 0.94)], byAverage)).toEqual([]);
});
