import type { RepairCase } from "./load-repair-case.ts";
import type { RepairRun } from "./record-run.ts";
import type { RepairContext } from "./repair-context.ts";

/** What a person can do now, most useful first. Shell lines are complete and change nothing by themselves but the branch. */
export function manualSteps(repairCase: RepairCase, ctx: RepairContext | null, best: RepairRun): string[] {
  const steps: string[] = [];
  if (best.proof === "green" && best.patchDiff !== null && best.baseCommit !== null) {
    steps.push(`Apply the patch on ${best.baseCommit.slice(0, 12)} and deploy: it was proven there (${best.kind}).`);
  }
  if (best.kind === "mitigation") steps.push("The patch is a mitigation: find out why the value is missing.");
  if (ctx?.culprit != null) {
    const sha = ctx.culprit.sha;
    if ("diff" in ctx.revert && ctx.revert.isPorted)
      steps.push(`The blamed commit does not revert by itself, its lines were moved since: git show ${sha}`);
    else if ("diff" in ctx.revert) steps.push(`Undo the blamed commit: git revert ${sha}`);
    else
      steps.push(`Look at the blamed commit, which does not revert by itself (${ctx.revert.reason}): git show ${sha}`);
    if (ctx.culprit.parent !== null) steps.push(`Or deploy the commit before it: ${ctx.culprit.parent.slice(0, 12)}`);
  }
  if (best.proof === "not_run") steps.push(`Nothing is proven: ${best.reason}`);
  if (repairCase.hypothesis?.advice != null) steps.push(repairCase.hypothesis.advice);
  if (steps.length === 0) steps.push("Read the hypotheses and their evidence; no patch could be proposed.");
  return steps;
}
