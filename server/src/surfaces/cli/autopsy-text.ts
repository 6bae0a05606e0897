import type { Autopsies, AutopsyAnswer, AutopsyRun } from "@culprit/contract";

/** An incident's autopsies as lines for a terminal: the current answer, then all answers and attempts with what they cost. */
export function autopsyText({ answers, runs, totals, outdated_reason: outdated }: Autopsies): string[] {
  const [current] = answers;
  if (current === undefined) return [];
  const run = runs.find(({ id }) => id === current.run_id);
  const left = current.context.parts.filter(({ is_included }) => !is_included);
  return [
    ...(outdated === null ? [] : [outdated]),
    ...section("Root cause", current.claims.length > 0 ? current.claims.map(claimText) : [current.root_cause]),
    ...section("Confidence", [`${current.confidence_score?.toFixed(2) ?? "none"}. ${current.confidence_reason}`]),
    ...section("Patch", patchLines(run, runs)),
    ...section(
      "What to do",
      current.manual_steps.map((step, at) => `${at + 1}. ${step}`),
    ),
    ...section("Answered by", [
      `${current.model_used} in ${current.analysis_time_ms} ms. ${current.model_reason}`,
      ...current.struck_out.map((line) => `struck out: ${line}`),
    ]),
    ...section("Context", [
      `${current.context.characters} of ${current.context.characters_max} characters, ${left.length} left out.`,
      ...left.map(({ kind, title, reason }) => `left out: ${kind} ${title}: ${reason ?? ""}`),
    ]),
    ...section("Answers", answers.flatMap(answerLines)),
    `In all ${totals.calls} ${totals.calls === 1 ? "call" : "calls"}, ${totals.tokens} tokens, ${totals.seconds.toFixed(1)} s, cost ${totals.cost.toFixed(4)}.`,
  ];
}

/** The patch of the current answer; where that has none, the newest of an earlier one, as such. */
function patchLines(run: AutopsyRun | undefined, [earlier]: readonly AutopsyRun[]): string[] {
  if (run !== undefined) return [`${run.proposer}: ${run.proof}. ${run.proof_reason}`];
  if (earlier === undefined) return ["None was tried."];
  return [
    "None was tried for this conclusion.",
    `Of an earlier one (revision ${earlier.revision}), ${earlier.proposer}: ${earlier.proof}. ${earlier.proof_reason}`,
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function claimText({ text, evidence_ids }: AutopsyAnswer["claims"][number]): string {
  return `${text} (${evidence_ids.join(", ")})`;
}

function answerLines({ revision, model_used, created_at, calls, changes }: AutopsyAnswer): string[] {
  const cost = calls.reduce((sum, call) => sum + call.cost, 0);
  const tokens = calls.reduce((sum, call) => sum + call.tokens_in + call.tokens_out, 0);
  const isEstimated = calls.some(({ are_tokens_estimated }) => are_tokens_estimated);
  const spent =
    calls.length === 0
      ? "no model"
      : `${calls.length} ${calls.length === 1 ? "call" : "calls"}, ${tokens} tokens${isEstimated ? " (estimated)" : ""}, cost ${cost.toFixed(4)}`;
  return [`${revision} ${created_at} ${model_used}: ${spent}`, ...changes.map((change) => `    ${change}`)];
}
