import type { RetryPolicy, Step } from "@culprit/contract";
import { errorCodes } from "@culprit/contract";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { type Action, type ActionContext, WrongShape } from "../action.ts";
import { EffectRefused, EffectStopped, EffectUnknown } from "../effect.ts";
import { fillTemplates } from "../expressions/fill-templates.ts";
import type { StepRow } from "./checkpoints.ts";
import { makeEffect } from "./effect-ledger.ts";
import { LeaseLost } from "./journal.ts";
import { reasonOf, Suspended } from "./outcome.ts";
import { type Frame, putStep, type Run, scopeOf } from "./run.ts";

/** The largest output that is kept for later steps. */
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** Times that a worker may die under one step before the step is held to be the cause. */
const INTERRUPTIONS_MAX = 10;
const RETRY_DELAY_MAX_S = 3600;
/** When an execution that sleeps for a heavy place looks by itself, in ms. */
const HEAVY_WAIT_MS = 30_000;

/** Fills a step's inputs, runs its action, and stores what became of it. The next step begins after that is committed. */
export async function runAction(run: Run, step: Step, path: string, frame: Frame): Promise<StepRow> {
  const known = run.rows.get(path);
  const attempt = known === undefined ? 1 : known.status === "running" ? known.attempt + 1 : known.attempt;
  const policy: RetryPolicy = { ...run.definition.config.retry_policy, ...definedOf(step.retry_policy) };
  const action = run.deps.catalogue.get(step.uses);
  if (known?.status === "running" && attempt > policy.max_attempts + INTERRUPTIONS_MAX)
    return fail(run, step, path, `The worker stopped ${attempt - 1} times while it ran.`);
  if (action === undefined) return fail(run, step, path, `This Culprit knows no action named ${step.uses}.`);
  // Woken for another reason, such as the end of a pause: its time has not come.
  if (known?.status === "retrying" && known.wake_at !== null && new Date(known.wake_at) > run.deps.now())
    throw new Suspended(new Date(known.wake_at));
  if (!action.isHeavy) return carryOut(run, step, path, frame, { action, attempt, policy });
  if (!run.heavy.tryEnter(run.claimed.id)) {
    const wakeAt = new Date(run.deps.now().getTime() + HEAVY_WAIT_MS);
    const reason = `It waits until one of the ${run.deps.heavyMax} heavy actions that work at once is done.`;
    putStep(run, step, path, { status: "waiting", attempt, reason, wake_at: wakeAt.toISOString() });
    throw new Suspended(wakeAt);
  }
  try {
    return await carryOut(run, step, path, frame, { action, attempt, policy });
  } finally {
    run.heavy.leave();
  }
}

interface Attempt {
  readonly action: Action<unknown>;
  readonly attempt: number;
  readonly policy: RetryPolicy;
}

async function carryOut(
  run: Run,
  step: Step,
  path: string,
  frame: Frame,
  { action, attempt, policy }: Attempt,
): Promise<StepRow> {
  const wasInterrupted = run.rows.get(path)?.status === "running";
  const startedAtMs = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAtMs);
  try {
    const secrets = namesSecrets(step.with) ? await run.secrets() : undefined;
    const input = fillTemplates(step.with ?? {}, scopeOf(run, frame), secrets);
    putStep(run, step, path, { status: "running", attempt, input, started_at: run.deps.now().toISOString() });
    // What stopped the worker once may do so again: the try is counted before it begins.
    if (wasInterrupted) await run.journal.flush();
    const signal = step.timeout === undefined ? run.signal : AbortSignal.any([run.signal, stepTimeout(step.timeout)]);
    const ctx = contextOf(run, path, signal, frame);
    const output = await untilAborted(action.run(input, ctx, run.deps.services), signal);
    const bytes = Buffer.byteLength(JSON.stringify(output ?? null));
    if (bytes > OUTPUT_BYTES_MAX)
      return fail(
        run,
        step,
        path,
        `Its output has ${bytes} bytes; ${OUTPUT_BYTES_MAX} are kept at most.`,
        durationMs(),
      );
    const row = putStep(run, step, path, {
      status: "completed",
      attempt,
      output: run.redact(output ?? null),
      duration_ms: durationMs(),
    });
    await run.journal.flush();
    return row;
  } catch (cause) {
    if (cause instanceof LeaseLost || run.signal.aborted) throw run.signal.aborted ? run.signal.reason : cause;
    return afterFailure(run, step, path, { cause, attempt, policy, durationMs: durationMs() });
  }
}

async function afterFailure(
  run: Run,
  step: Step,
  path: string,
  failure: {
    readonly cause: unknown;
    readonly attempt: number;
    readonly policy: RetryPolicy;
    readonly durationMs: number;
  },
): Promise<StepRow> {
  const { cause, attempt, policy, durationMs } = failure;
  const reason = run.redact(reasonOf(cause));
  if (cause instanceof EffectStopped) {
    if (!cause.isHandsOff) throw new LeaseLost();
    run.journal.log("WARNING", path, reason);
    const row = putStep(run, step, path, { status: "skipped", attempt, reason, duration_ms: durationMs });
    await run.journal.flush();
    return row;
  }
  if (cause instanceof EffectUnknown) {
    run.journal.log("ERROR", path, reason, { deliveryId: cause.deliveryId });
    const row = putStep(run, step, path, { status: "unknown", attempt, reason, duration_ms: durationMs });
    await run.journal.flush();
    return row;
  }
  if (attempt >= policy.max_attempts || !isWorthRetrying(cause))
    return fail(run, step, path, reason, durationMs, attempt);
  const backoff = policy.backoff === "exponential" ? 2 ** (attempt - 1) : 1;
  const asked = cause instanceof EffectRefused ? (cause.retryAfterS ?? 0) : 0;
  const delayS = Math.min(RETRY_DELAY_MAX_S, Math.max(policy.delay * backoff, asked));
  const wakeAt = new Date(run.deps.now().getTime() + delayS * 1000);
  run.journal.log("WARNING", path, `Try ${attempt} of ${policy.max_attempts} failed: ${reason}`, {
    delayS,
    durationMs,
  });
  putStep(run, step, path, { status: "retrying", attempt: attempt + 1, reason, wake_at: wakeAt.toISOString() });
  await run.journal.flush({ retries: 1 });
  throw new Suspended(wakeAt);
}

async function fail(
  run: Run,
  step: Step,
  path: string,
  reason: string,
  durationMs = 0,
  attempt?: number,
): Promise<StepRow> {
  run.journal.log("ERROR", path, reason, { durationMs });
  const row = putStep(run, step, path, {
    status: "failed",
    reason,
    duration_ms: durationMs,
    ...(attempt === undefined ? {} : { attempt }),
  });
  await run.journal.flush();
  return row;
}

/** Whether another try could help: not where the request itself is wrong. */
function isWorthRetrying(cause: unknown): boolean {
  if (cause instanceof WrongShape) return false;
  if (cause instanceof EffectRefused) return cause.isWorthRetrying;
  if (cause instanceof CulpritError) return errorCodes[cause.code].status >= 429;
  return !(cause instanceof Error && cause.name === "ExpressionError");
}

function contextOf(run: Run, path: string, signal: AbortSignal, frame: Frame): ActionContext {
  const { claimed, journal } = run;
  const scope = scopeOf(run, frame);
  return {
    executionId: claimed.id,
    projectId: claimed.project_id,
    incidentId: claimed.incident_id,
    workflow: { id: claimed.workflow_id, name: claimed.workflow_name, version: claimed.workflow_version },
    path,
    event: Object.keys(scope.event).length === 0 ? null : scope.event,
    signal,
    log: (level, message, metadata) => journal.log(level, path, message, metadata),
    progress: (message, metadata) => journal.log("INFO", path, message, metadata),
    async effect(effect) {
      const holder = {
        executionId: claimed.id,
        token: claimed.token,
        projectId: claimed.project_id,
        incidentId: claimed.incident_id,
        path,
        signal,
        redact: <T>(value: T) => run.redact(value),
      };
      run.signal.throwIfAborted();
      const made = makeEffect(run.deps.database, holder, effect);
      run.effectsUnderWay.add(made);
      return made.finally(() => run.effectsUnderWay.delete(made));
    },
  };
}

function namesSecrets(value: unknown): boolean {
  return value !== undefined && /\bsecrets\b/.test(JSON.stringify(value));
}

function definedOf<T extends object>(value: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, item]) => item !== undefined)) as never;
}

function stepTimeout(seconds: number): AbortSignal {
  const controller = new AbortController();
  const message = `The step worked for ${seconds} s, which is its timeout.`;
  setTimeout(() => controller.abort(new Error(message)), seconds * 1000).unref();
  return controller.signal;
}

/** The work's result, or the reason of the abort even where the work does not listen to it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
