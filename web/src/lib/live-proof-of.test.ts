import type { ProofProgress } from "@culprit/contract";
import { expect, test } from "vitest";
import { liveProofOf } from "./live-proof-of.ts";

type Outcome = ProofProgress["proof_step"]["outcome"];
const at = "2026-11-21T20:00:00.000Z";
const told = (attempt: number, name: string, outcome: Outcome) => ({
  ...{ attempt, at },
  proof_step: { name, command: "npm test", exit_code: null, duration_ms: 0, outcome, log: "" },
});
const standing = (...of: Parameters<typeof liveProofOf>[0]) =>
  liveProofOf(of).steps.map(({ name, outcome }) => `${name}: ${outcome}`);

test("a step that ended stands where it began, beside those that still run", () => {
  expect(standing(told(1, "before", "running"), told(1, "with", "running"), told(1, "before", "passed"))).toEqual([
    "before: passed",
    "with: running",
  ]);
});

test("of a repair that tries its second patch only the second one's steps are shown", () => {
  const all = [told(1, "gate", "failed"), told(2, "gate", "passed"), told(2, "with", "running")];
  expect(standing(...all)).toEqual(["gate: passed", "with: running"]);
  expect(liveProofOf(all).attempt).toBe(2);
});

test("before anything was told there are no steps", () => {
  expect(liveProofOf([])).toEqual({ attempt: 1, steps: [] });
});
