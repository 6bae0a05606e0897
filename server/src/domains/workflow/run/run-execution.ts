import { fillTemplates } from "../expressions/fill-templates.ts";
import { startExecutions } from "../start-execution.ts";
import type { Ending } from "./checkpoints.ts";
import { LeaseLost } from "./journal.ts";
import type { Failing } from "./leases.ts";
import { RanOver, reasonOf, StepFailed, Stopping, Suspended } from "./outcome.ts";
import { type Frame, type Run, scopeOf } from "./run.ts";
import { recallStep, runSteps } from "./run-steps.ts";

/** The built-in workflow that tells people how another one ended, as its `notifications` say. */
export const ENDING_WORKFLOW = "execution-notification";
/** Seconds that the `on_failure` steps have when the execution itself ran over its time. */
export const LAST_WORDS_S = 60;

/**
 * Runs an execution from its checkpoints until it ends or waits, and stores that.
 *
 *   pending ──taken up──▶ running ──all steps──▶ completed
 *                           │ ▲  └─a step failed, or the time is over──▶ on_failure steps ──▶ failed | timeout
 *                           ▼ │ due, or signalled
 *                        (running, is_waiting)                 any time: ──a person──▶ cancelled
 *
 * @throws LeaseLost, Stopping, or what the database threw: whoever takes it up next goes on from the checkpoints.
 */
export async function runExecution(run: Run, activeMs: () => number): Promise<void> {
  const { journal, claimed } = run;
  const frame: Frame = { prefix: "", locals: {}, steps: {} };
  try {
    if (run.failing === null) {
      if (!claimed.was_begun)
        journal.log("INFO", null, `${claimed.workflow_name} began, version ${claimed.workflow_version}.`);
      run.failing = await failureOf(run, frame);
      if (run.failing !== null) await journal.flush({ failing: run.failing });
    } else recallSteps(run, frame);
    if (run.failing !== null) await sayLastWords(run, frame);
  } catch (cause) {
    if (!(cause instanceof Suspended)) throw cause;
    await journal.flush({ ending: { kind: "suspended", activeMs: activeMs(), wakeAt: cause.wakeAt } });
    return;
  }
  const ending = endingOf(run, frame, activeMs());
  const level = ending.status === "completed" ? "INFO" : "ERROR";
  journal.log(level, null, ending.reason ?? `${claimed.workflow_name} completed.`, { activeMs: activeMs() });
  await journal.flush({ ending, also: (tx) => tellOfEnding(run, ending, tx) });
}

/** Runs the steps. @returns why they failed, or null when they all did their work. */
async function failureOf(run: Run, frame: Frame): Promise<Failing | null> {
  try {
    await runSteps(run, run.definition.steps, frame);
    return null;
  } catch (cause) {
    if (cause instanceof StepFailed) return { status: "failed", step: cause.step, reason: cause.reason };
    if (cause instanceof RanOver) {
      const step = [...run.rows.values()].find(({ status }) => status === "running")?.path ?? "";
      return { status: "timeout", step, reason: cause.message };
    }
    throw cause;
  }
}

/** What the steps gave before it failed, for the scope of the `on_failure` steps. */
function recallSteps(run: Run, frame: Frame): void {
  for (const step of run.definition.steps) recallStep(run, step, frame);
}

/** The `on_failure` steps. One that fails is in the log; the execution has failed anyway. */
async function sayLastWords(run: Run, frame: Frame): Promise<void> {
  if (run.definition.on_failure.length === 0) return;
  const own: Frame = { ...frame, prefix: "on_failure." };
  // When the time ran out, the signal of the run has fired: these steps have a little time of their own.
  const hasTime = !run.signal.aborted;
  const last: Run = hasTime ? run : { ...run, signal: AbortSignal.timeout(LAST_WORDS_S * 1000) };
  try {
    await runSteps(last, run.definition.on_failure, own);
  } catch (cause) {
    if (cause instanceof Suspended || cause instanceof LeaseLost || cause instanceof Stopping) throw cause;
    run.journal.log("ERROR", "on_failure", reasonOf(cause));
  }
}

function endingOf(run: Run, frame: Frame, activeMs: number): Extract<Ending, { kind: "finished" }> {
  if (run.failing !== null) {
    const { status, step, reason } = run.failing;
    return {
      kind: "finished",
      status,
      activeMs,
      reason: step === "" ? reason : `${step}: ${reason}`,
      result: { failing: run.failing },
    };
  }
  try {
    const outputs = fillTemplates(run.definition.outputs, scopeOf(run, frame));
    return { kind: "finished", status: "completed", activeMs, reason: null, result: { outputs: run.redact(outputs) } };
  } catch (cause) {
    const reason = `The workflow's outputs can't be filled: ${reasonOf(cause)}`;
    return { kind: "finished", status: "failed", activeMs, reason, result: {} };
  }
}

async function tellOfEnding(
  run: Run,
  ending: Extract<Ending, { kind: "finished" }>,
  tx: Parameters<typeof startExecutions>[0],
): Promise<void> {
  const { on_success, on_failure } = run.definition.config.notifications;
  const integrations = ending.status === "completed" ? on_success : on_failure;
  if (integrations.length === 0 || run.claimed.workflow_name === ENDING_WORKFLOW) return;
  const { execution, workflow } = scopeOf(run, { prefix: "", locals: {}, steps: {} });
  await startExecutions(tx, run.deps.queue, [
    {
      projectId: run.claimed.project_id,
      workflow: ENDING_WORKFLOW,
      incidentId: run.claimed.incident_id,
      inputs: {
        integrations,
        workflow: workflow.name,
        status: ending.status,
        reason: ending.reason ?? "",
        url: execution.url,
      },
      trigger: { type: "workflow", data: {} },
    },
  ]);
}
