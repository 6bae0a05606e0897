import type { Step } from "@culprit/contract";
import { compileCondition } from "../expressions/compile-condition.ts";
import type { StepRow } from "./checkpoints.ts";
import { reasonOf, StepFailed, Suspended } from "./outcome.ts";
import { type Frame, isFinal, putStep, type Run, scopeOf } from "./run.ts";
import { runAction } from "./run-action.ts";
import { runControl } from "./run-control.ts";

/**
 * Runs steps one after the other, leaving out the ones that are finished.
 * @throws Suspended, StepFailed, LeaseLost, or why the run was aborted.
 */
export async function runSteps(run: Run, steps: readonly Step[], frame: Frame): Promise<void> {
  for (const step of steps) await runStep(run, step, frame);
}

export async function runStep(run: Run, step: Step, frame: Frame): Promise<void> {
  const path = frame.prefix + step.id;
  const known = run.rows.get(path);
  const row = known !== undefined && isFinal(known.status) ? known : await begin(run, step, path, frame, known);
  frame.steps[step.id] = { status: row.status, outputs: row.output };
  if (row === known) recallInside(run, step, path, frame);
  if (
    (row.status === "failed" || row.status === "unknown" || row.status === "cancelled") &&
    step.continue_on_error !== true
  )
    throw new StepFailed(path, row.reason ?? "it failed");
}

/** Lets what follows read a step that ended before: after a crash it is not run again, nor are the steps in a `parallel`. */
export function recallStep(run: Run, step: Step, frame: Frame): void {
  const path = frame.prefix + step.id;
  const row = run.rows.get(path);
  if (row === undefined || !isFinal(row.status)) return;
  frame.steps[step.id] = { status: row.status, outputs: row.output };
  recallInside(run, step, path, frame);
}

function recallInside(run: Run, step: Step, path: string, frame: Frame): void {
  if (step.uses !== "parallel") return;
  for (const child of step.steps ?? []) {
    const row = run.rows.get(`${path}.${child.id}`);
    if (row === undefined) continue;
    frame.steps[child.id] = { status: row.status, outputs: row.output };
    recallInside(run, child, `${path}.${child.id}`, frame);
  }
}

async function begin(run: Run, step: Step, path: string, frame: Frame, known: StepRow | undefined): Promise<StepRow> {
  run.signal.throwIfAborted();
  if (run.isPauseAsked) throw new Suspended(null);
  if (known === undefined && step.if !== undefined) {
    const refusal = refusalOf(run, step, frame);
    if (refusal !== null) {
      run.journal.log(refusal.isError ? "ERROR" : "INFO", path, refusal.reason);
      return putStep(run, step, path, { status: refusal.isError ? "failed" : "skipped", reason: refusal.reason });
    }
  }
  const control = runControl(step.uses);
  if (control === undefined) return runAction(run, step, path, frame);
  try {
    return await control(run, step, path, frame, {
      one: (child, own) => runStep(run, child, own),
      all: (children, own) => runSteps(run, children, own),
    });
  } catch (cause) {
    if (!(cause instanceof StepFailed)) throw cause;
    const reason = cause.step === path ? cause.reason : cause.message;
    return putStep(run, step, path, { status: "failed", reason, output: run.rows.get(path)?.output ?? null });
  }
}

/** Why the condition keeps the step from running; null where it does not. */
function refusalOf(run: Run, step: Step, frame: Frame): { readonly reason: string; readonly isError: boolean } | null {
  if (step.if === undefined) return null;
  const text = typeof step.if === "string" ? step.if : "if" in step.if ? step.if.if : JSON.stringify(step.if);
  try {
    const { value, seen } = compileCondition(step.if).evaluate(scopeOf(run, frame));
    if (value) return null;
    return { reason: `Its condition is false: ${text}, with ${JSON.stringify(seen).slice(0, 1000)}`, isError: false };
  } catch (cause) {
    return { reason: `Its condition can't be evaluated: ${text}: ${reasonOf(cause)}`, isError: true };
  }
}
