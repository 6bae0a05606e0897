import type { RepairCase } from "../load-repair-case.ts";
import type { RepairContext } from "../repair-context.ts";

/** What a person can do before any patch was tried, most useful first. Shell lines are complete and change nothing by themselves but the branch. */
export function nextSteps({ hypothesis }: RepairCase, ctx: RepairContext | null): string[] {
  const steps: string[] = [];
  if (ctx?.culprit != null) {
    const { sha, parent } = ctx.culprit;
    steps.push(
      "diff" in ctx.revert && !ctx.revert.isPorted
        ? `Undo the blamed commit: git revert ${sha}`
        : `Look at the blamed commit, which does not revert by itself: git show ${sha}`,
    );
    if (parent !== null) steps.push(`Or deploy the commit before it: ${parent.slice(0, 12)}`);
  }
  if (hypothesis?.advice != null) steps.push(hypothesis.advice);
  const [frame] = ctx?.frames ?? [];
  if (frame !== undefined) steps.push(`Read ${frame.path} around line ${frame.line} at ${ctx?.base.slice(0, 12)}.`);
  if (steps.length === 0) steps.push("Read the hypotheses and their evidence; no patch could be proposed.");
  return steps;
}
