import type { Step, StepStatus, WorkflowDefinition } from "@culprit/contract";
import type { Database } from "../../../platform/db/open-database.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { Log } from "../../../platform/log/log.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import type { Catalogue } from "../action.ts";
import type { Scope, Secrets } from "../expressions/scope.ts";
import type { StepRow } from "./checkpoints.ts";
import type { HeavyPlaces } from "./heavy-places.ts";
import type { Journal } from "./journal.ts";
import type { Claimed, Failing } from "./leases.ts";

/** What the runner needs, whatever services its actions use. */
export interface RunnerDeps<Services> {
  readonly database: Database;
  readonly queue: Queue;
  readonly log: Log;
  readonly catalogue: Catalogue<Services>;
  readonly services: Services;
  readonly secretBox: SecretBox;
  readonly publicUrl: () => string;
  readonly now: () => Date;
  /** Heavy actions that run at once. */
  readonly heavyMax: number;
}

/** One execution while this process carries it on. */
export interface Run<Services = unknown> {
  readonly deps: RunnerDeps<Services>;
  readonly claimed: Claimed;
  readonly definition: WorkflowDefinition;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** The checkpoints, by path; kept up to date. */
  readonly rows: Map<string, StepRow>;
  /** What the execution is about; null without an incident. */
  incident: Readonly<Record<string, unknown>> | null;
  failing: Failing | null;
  isPauseAsked: boolean;
  /** Effects that are being made now: a stop waits for them, so that it leaves nothing unknown. */
  readonly effectsUnderWay: Set<Promise<unknown>>;
  /** The project's secrets, read when a template first names one. From then on they are struck out of all that is stored. */
  secrets(): Promise<Secrets>;
  redact<T>(value: T): T;
  readonly heavy: HeavyPlaces;
}

/** Where in the tree of steps: the path before an id, and what is known there beside the execution's own. */
export interface Frame {
  readonly prefix: string;
  readonly locals: Readonly<Record<string, unknown>>;
  /** Finished steps that can be named here. */
  readonly steps: Record<string, { readonly status: StepStatus; readonly outputs: unknown }>;
}

/** What the expressions of a step can name. */
export function scopeOf(run: Run, frame: Frame): Scope {
  const { claimed, deps } = run;
  const event = claimed.trigger_data?.event;
  const id = toPublicId("exec", claimed.id);
  return {
    event: isRecord(event) ? event : {},
    inputs: claimed.inputs,
    steps: frame.steps,
    workflow: {
      id: toPublicId("wf", claimed.workflow_id),
      name: claimed.workflow_name,
      version: claimed.workflow_version,
    },
    execution: { id, trigger: claimed.trigger_type ?? "manual", url: `${deps.publicUrl()}/executions/${id}` },
    project: { id: toPublicId("proj", claimed.project_id), name: claimed.project_name },
    incident: run.incident,
    ...(run.failing === null ? {} : { failure: { step: run.failing.step, reason: run.failing.reason } }),
    locals: frame.locals,
  };
}

/** A step's state now, with what stays the same from its first one. */
export function putStep(run: Run, step: Step, path: string, now: Partial<StepRow> & Pick<StepRow, "status">): StepRow {
  const before = run.rows.get(path);
  const at = run.deps.now().toISOString();
  const row: StepRow = {
    path,
    action_type: step.uses,
    action_name: step.name ?? step.id,
    attempt: before?.attempt ?? 1,
    place: before?.place ?? run.rows.size,
    input: before?.input ?? null,
    output: null,
    reason: null,
    wake_at: null,
    started_at: before?.started_at ?? at,
    finished_at: isFinal(now.status) ? at : null,
    duration_ms: null,
    ...now,
  };
  run.rows.set(path, row);
  run.journal.put(run.redact(row));
  return row;
}

export function isFinal(status: StepStatus): boolean {
  return status !== "running" && status !== "waiting" && status !== "retrying";
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How the steps inside another one are run. */
export interface Inside {
  one(step: Step, frame: Frame): Promise<void>;
  all(steps: readonly Step[], frame: Frame): Promise<void>;
}

/** How a step of some kind is carried out: it puts its states and gives the last one, or throws Suspended or StepFailed. */
export type StepKind = (run: Run, step: Step, path: string, frame: Frame, inside: Inside) => Promise<StepRow>;
