import { expect, test } from "vitest";
import type { DemoRun } from "./run-demo.ts";
import { renderRow, summarize } from "./table.ts";

function run(culprit: string | null, expected: string | null, isRight: boolean): DemoRun {
  const answer = {
    incident_id: "inc_1",
    title: "TypeError",
    culprit_commit: culprit,
    expected_commit: expected,
    hypothesis: "a commit",
    confidence: 0.8,
    verdict: "likely",
    patch_applies: true,
    proof: "green" as const,
    pull_request: null,
    seconds: 12,
  };
  return { caseName: "bad-release", seed: 3, answer, isRight, reason: isRight ? "" : "it blames b" };
}

test("a wrong commit is a false blame, no commit is only a miss", () => {
  const runs = [run("a", "a", true), run("b", "a", false), run(null, "a", false), run("b", null, false)];
  expect(summarize(runs)).toEqual({ runs: 4, right: 0.25, false_blame: 2 });
});

test("a demo that did not answer counts as a miss", () => {
  const failed: DemoRun = { caseName: "config", seed: 1, answer: null, isRight: false, reason: "it ended with 1" };
  expect(summarize([failed])).toEqual({ runs: 1, right: 0, false_blame: 0 });
});

test("every miss says why", () => {
  expect(renderRow(run("b", "a", false))).toContain("miss: it blames b");
  expect(renderRow(run("a", "a", true))).not.toContain("miss");
});
