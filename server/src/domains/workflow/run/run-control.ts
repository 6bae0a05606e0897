import type { ControlKind, Step } from "@culprit/contract";
import { sql } from "kysely";
import { v5 } from "uuid";
import type { z } from "zod";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { controlSteps } from "../definition/control-steps.ts";
import { fillTemplates } from "../expressions/fill-templates.ts";
import { type ExecutionRequest, startExecutions } from "../start-execution.ts";
import type { StepRow } from "./checkpoints.ts";
import { reasonOf, StepFailed, Suspended } from "./outcome.ts";
import { type Frame, type Inside, putStep, type Run, type StepKind, scopeOf } from "./run.ts";

/** Sub-workflows inside sub-workflows. */
const DEPTH_MAX = 10;
/** Sub-workflows that a project may start in a minute: whoever calls himself thrice is stopped here, not by the depth. */
const CALLS_PER_MINUTE_MAX = 1000;

/** How the steps that steer others are carried out; undefined where `uses` names an action. */
export function runControl(uses: string): StepKind | undefined {
  return kinds.get(uses);
}

async function delayStep(run: Run, step: Step, path: string, frame: Frame): Promise<StepRow> {
  const known = run.rows.get(path);
  if (known?.status !== "waiting") {
    const { seconds } = inputOf(run, step, frame, controlSteps.delay.input);
    const wakeAt = new Date(run.deps.now().getTime() + seconds * 1000);
    putStep(run, step, path, {
      status: "waiting",
      input: { seconds },
      reason: `It waits ${seconds} s.`,
      wake_at: wakeAt.toISOString(),
    });
    throw new Suspended(wakeAt);
  }
  const wakeAt = new Date(known.wake_at ?? 0);
  if (wakeAt > run.deps.now()) throw new Suspended(wakeAt);
  return putStep(run, step, path, { status: "completed", output: {} });
}

async function approvalStep(run: Run, step: Step, path: string, frame: Frame): Promise<StepRow> {
  const { claimed, deps } = run;
  if (run.rows.get(path)?.status !== "waiting") {
    const input = inputOf(run, step, frame, controlSteps.approval.input);
    const expiresAt = input.expires_in === undefined ? null : new Date(deps.now().getTime() + input.expires_in * 1000);
    putStep(run, step, path, {
      status: "waiting",
      input,
      reason: "It waits for a person's approval.",
      wake_at: expiresAt?.toISOString() ?? null,
    });
    await run.journal.flush({
      also: async (tx) => {
        await sql`INSERT INTO approvals (approval_id, project_id, execution_id, path, message, default_decision, expires_at)
          VALUES (${newId()}, ${claimed.project_id}, ${claimed.id}, ${path}, ${input.message}, ${input.default}, ${expiresAt})
          ON CONFLICT (execution_id, path) DO NOTHING`.execute(tx);
      },
    });
  }
  const decided = await decisionOf(run, path);
  if (decided.decision === null) throw new Suspended(decided.expires_at);
  const output = { decision: decided.decision, decided_by: decided.decided_by, reason: decided.reason };
  const isApproved = decided.decision === "approve";
  const words = `${isApproved ? "Approved" : "Rejected"} by ${decided.decided_by}${decided.reason === null ? "" : `: ${decided.reason}`}`;
  run.journal.log("INFO", path, words);
  return putStep(run, step, path, { status: isApproved ? "completed" : "failed", output, reason: words });
}

interface Decision {
  readonly decision: "approve" | "reject" | null;
  readonly decided_by: string | null;
  readonly reason: string | null;
  readonly expires_at: Date | null;
}

/** The answer; an approval that expired meanwhile takes its default. */
async function decisionOf(run: Run, path: string): Promise<Decision> {
  const { rows } = await sql<Decision>`
    WITH expired AS (
      UPDATE approvals SET decision = default_decision, decided_by = 'culprit', decided_at = now(), reason = 'Nobody answered in time.'
      WHERE execution_id = ${run.claimed.id} AND path = ${path} AND decision IS NULL AND expires_at <= ${run.deps.now()}
      RETURNING decision, decided_by, reason, expires_at
    )
    SELECT decision, decided_by, reason, expires_at FROM expired
    UNION ALL SELECT decision, decided_by, reason, expires_at FROM approvals
      WHERE execution_id = ${run.claimed.id} AND path = ${path} AND NOT EXISTS (SELECT 1 FROM expired)`.execute(
    run.deps.database.db,
  );
  const decision = rows[0];
  if (decision === undefined) throw new Error(`the approval of ${path} is missing`);
  return decision;
}

async function parallelStep(run: Run, step: Step, path: string, frame: Frame, inside: Inside): Promise<StepRow> {
  putStep(run, step, path, { status: "running" });
  await allOf(
    (step.steps ?? []).map((child) => inside.one(child, { ...frame, prefix: `${path}.`, steps: frame.steps })),
  );
  const outputs = Object.fromEntries((step.steps ?? []).map(({ id }) => [id, frame.steps[id]?.outputs ?? null]));
  return putStep(run, step, path, { status: "completed", output: outputs });
}

async function forEachStep(run: Run, step: Step, path: string, frame: Frame, inside: Inside): Promise<StepRow> {
  const known = run.rows.get(path);
  // The items of the first time: what they were reckoned from may have changed since.
  const input =
    known === undefined
      ? inputOf(run, step, frame, controlSteps.for_each.input)
      : controlSteps.for_each.input.parse(known.input);
  if (known === undefined) {
    putStep(run, step, path, { status: "running", input });
    await run.journal.flush();
  }
  const children = step.steps ?? [];
  const outputs: unknown[] = [];
  const items = input.items.map((item, index) => ({ item, index }));
  const one = async ({ item, index }: { readonly item: unknown; readonly index: number }) => {
    const own: Frame = {
      prefix: `${path}[${index}].`,
      locals: { ...frame.locals, [input.as]: item, index },
      steps: { ...frame.steps },
    };
    await inside.all(children, own);
    const last = children.at(-1);
    outputs[index] = last === undefined ? null : (own.steps[last.id]?.outputs ?? null);
  };
  const lanes = Array.from({ length: Math.min(input.max_parallel, items.length) }, async () => {
    for (let next = items.shift(); next !== undefined; next = items.shift()) {
      await one(next).catch((cause: unknown) => {
        // One that failed fails the step: the items that are left are not begun.
        if (!(cause instanceof Suspended)) items.length = 0;
        throw cause;
      });
    }
  });
  await allOf(lanes);
  return putStep(run, step, path, { status: "completed", input, output: { items: outputs } });
}

async function workflowStep(run: Run, step: Step, path: string, frame: Frame): Promise<StepRow> {
  const { claimed, deps } = run;
  const childId = v5(path, claimed.id);
  const known = run.rows.get(path);
  if (known?.status !== "waiting") {
    const input = inputOf(run, step, frame, controlSteps.run_workflow.input);
    const depth = Number(claimed.trigger_data?.depth ?? 0) + 1;
    if (depth > DEPTH_MAX)
      throw new StepFailed(path, `Workflows call each other ${depth} deep; ${DEPTH_MAX} is the most.`);
    putStep(run, step, path, {
      status: "waiting",
      input,
      reason: `It waits for ${input.workflow}, ${toPublicId("exec", childId)}.`,
    });
    const request: ExecutionRequest = {
      id: childId,
      projectId: claimed.project_id,
      workflow: input.workflow,
      incidentId: claimed.incident_id,
      inputs: input.inputs,
      trigger: { type: "workflow", data: { depth, event: claimed.trigger_data?.event ?? {} } },
      caller: { executionId: claimed.id, step: path },
    };
    if (await isOverBudget(run))
      throw new StepFailed(
        path,
        `Over ${CALLS_PER_MINUTE_MAX} sub-workflows were started in this project within a minute.`,
      );
    await run.journal.flush({ also: async (tx) => void (await startExecutions(tx, deps.queue, [request])) });
  }
  const { workflow, wait } = controlSteps.run_workflow.input.parse(run.rows.get(path)?.input);
  const { rows } = await sql<{ status: string; error_message: string | null; result: { outputs?: unknown } }>`
    SELECT status, error_message, result FROM workflow_executions WHERE id = ${childId}`.execute(deps.database.db);
  const child = rows[0];
  if (child === undefined) throw new StepFailed(path, `There is no active workflow ${workflow} in this project.`);
  if (!wait)
    return putStep(run, step, path, { status: "completed", output: { execution_id: toPublicId("exec", childId) } });
  if (child.status === "pending" || child.status === "running") throw new Suspended(null);
  const output = {
    execution_id: toPublicId("exec", childId),
    status: child.status,
    outputs: child.result.outputs ?? {},
  };
  if (child.status === "completed") return putStep(run, step, path, { status: "completed", output });
  return putStep(run, step, path, {
    status: "failed",
    output,
    reason: `The workflow ended as ${output.status}: ${child.error_message ?? "no reason"}`,
  });
}

async function isOverBudget({ claimed, deps }: Run): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM (SELECT 1 FROM workflow_executions WHERE project_id = ${claimed.project_id}
      AND started_at > now() - interval '1 minute' AND trigger_type = 'workflow' LIMIT ${CALLS_PER_MINUTE_MAX}) AS calls`.execute(
    deps.database.db,
  );
  return (rows[0]?.count ?? 0) >= CALLS_PER_MINUTE_MAX;
}

const kinds: ReadonlyMap<string, StepKind> = new Map(
  Object.entries({
    delay: delayStep,
    approval: approvalStep,
    parallel: parallelStep,
    for_each: forEachStep,
    run_workflow: workflowStep,
  } satisfies Record<ControlKind, StepKind>),
);

function inputOf<T extends z.ZodType>(run: Run, step: Step, frame: Frame, schema: T): z.output<T> {
  const path = frame.prefix + step.id;
  let filled: unknown;
  try {
    filled = fillTemplates(step.with ?? {}, scopeOf(run, frame));
  } catch (cause) {
    throw failed(run, step, path, reasonOf(cause));
  }
  const parsed = schema.safeParse(filled);
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw failed(run, step, path, `The input of ${step.uses} has the wrong shape: ${words}.`);
}

function failed(run: Run, step: Step, path: string, reason: string): StepFailed {
  run.journal.log("ERROR", path, reason);
  putStep(run, step, path, { status: "failed", reason });
  return new StepFailed(path, reason);
}

/**
 * Waits for all of them. One that failed fails all; else, where some wait, the earliest time at which one goes on.
 * @throws the first failure, or Suspended.
 */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(works);
  const reasons = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const failure = reasons.find((reason) => !(reason instanceof Suspended));
  if (failure !== undefined) throw failure;
  const waits = reasons.filter((reason) => reason instanceof Suspended);
  if (waits.length === 0) return;
  const times = waits.flatMap(({ wakeAt }) => (wakeAt === null ? [] : [wakeAt.getTime()]));
  throw new Suspended(times.length === 0 ? null : new Date(Math.min(...times)));
}
