import type { Autopsies, AutopsyAnswer, AutopsyRun } from "@culprit/contract";
import { expect, test } from "vitest";
import { autopsyText } from "./autopsy-text.ts";

const answer: AutopsyAnswer = {
  ...{ revision: 2, base_commit: null, root_cause: "no cart", claims: [], manual_steps: [], ai_fix_prompt: "" },
  ...{ confidence_score: 0.5, confidence_reason: "One source.", model_used: "rules", prompt_version: null },
  ...{ model_outcome: "off", model_reason: "No model.", struck_out: [], run_id: null, analysis_time_ms: 1 },
  ...{ context: { characters_max: 10, characters: 1, is_small: true, parts: [] }, calls: [], changes: [] },
  created_at: "2026-11-21T10:00:00Z",
};
const attempt: AutopsyRun = {
  ...{ id: "run_1", revision: 1, proposer: "null-guard", model_used: null, patch_kind: "mitigation" },
  ...{ patch_applies: true, patch_diff: "d", proof: "green", proof_reason: "It is so.", duration_ms: 1 },
  created_at: "2026-11-21T09:00:00Z",
};

function patchOf(run_id: string | null, runs: readonly AutopsyRun[]): string[] {
  const autopsies: Autopsies = {
    ...{ answers: [{ ...answer, run_id }], runs: [...runs], evidence: [], file_snapshots: [] },
    ...{ outdated_by: null, outdated_reason: null, totals: { calls: 0, tokens: 0, seconds: 0, cost: 0 } },
  };
  const text = autopsyText(autopsies);
  return text.slice(text.indexOf("Patch") + 1, text.indexOf("Answered by"));
}

test("a patch is said to be of this conclusion, of an earlier one, or not there", () => {
  expect(patchOf("run_1", [attempt])).toEqual(["  null-guard: green. It is so."]);
  expect(patchOf(null, [attempt])).toEqual([
    "  None was tried for this conclusion.",
    "  Of an earlier one (revision 1), null-guard: green. It is so.",
  ]);
  expect(patchOf(null, [])).toEqual(["  None was tried."]);
});
