import { z } from "zod";
import { listOf, listQuery } from "./list.ts";
import {
  controlKinds,
  executionStatuses,
  stepStatuses,
  triggerSchema,
  workflowDefinitionSchema,
  workflowStatuses,
} from "./workflow.ts";

/** The API of workflows: what they are, their versions, checks of them, and the actions they are made of. */

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().min(0);

export const problemSeverities = ["error", "warning"] as const;
/** What a check of a workflow found. `line` and `column` count from 1; null where it was not given as text. */
export const workflowProblemSchema = z.object({
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  /** The way to it: `steps[2].with.channel`. Empty where it concerns the whole. */
  field: z.string(),
  message: z.string(),
  /** Only errors keep a workflow from being saved. */
  severity: z.enum(problemSeverities),
});
export type WorkflowProblem = z.infer<typeof workflowProblemSchema>;

/** Body of `POST /api/workflows/check`: the text of a file, YAML or JSON. */
export const workflowCheckInputSchema = z.strictObject({ text: z.string() });
export const workflowCheckSchema = z.object({
  is_valid: z.boolean(),
  problems: z.array(workflowProblemSchema),
  /** What was read, with all defaults; null where it could not be. */
  definition: workflowDefinitionSchema.nullable(),
});
export type WorkflowCheck = z.infer<typeof workflowCheckSchema>;

/** Over the last 30 days. */
export const workflowStatsSchema = z.object({
  total_executions: count,
  successful_executions: count,
  failed_executions: count,
  running_executions: count,
  avg_duration_seconds: z.number().nullable(),
  last_execution_at: instant.nullable(),
});

export const workflowSources = ["builtin", "api", "repository"] as const;
export const workflowSummarySchema = z.object({
  id: z.string(),
  /** Null: built in, shared by every project. */
  project_id: z.string().nullable(),
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(workflowStatuses),
  version: z.number().int(),
  source: z.enum(workflowSources),
  /** The file and its commit, where it is kept in the repository. */
  source_path: z.string().nullable(),
  source_commit: z.string().nullable(),
  /** Built in: saving it makes a copy in the project, which then runs in its place. */
  is_protected: z.boolean(),
  /** The built-in workflow that this is an edited copy of, and its version then. */
  copied_from: z.string().nullable(),
  copied_version: z.number().int().nullable(),
  /** The built-in one has moved on since it was copied. */
  has_upgrade: z.boolean(),
  trigger_types: z.array(z.enum(["event", "schedule", "webhook", "manual"])),
  step_count: count,
  stats: workflowStatsSchema,
  created_by: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
});
export type WorkflowSummary = z.infer<typeof workflowSummarySchema>;

/** Query of `GET /api/workflows`: what a project can run, its own and the built-in ones, by name. */
export const workflowListQuerySchema = z.strictObject({ ...listQuery, status: z.enum(workflowStatuses).optional() });
export const workflowListSchema = listOf(workflowSummarySchema);
export type WorkflowList = z.infer<typeof workflowListSchema>;

export const workflowTriggerSchema = z.object({
  id: z.string(),
  is_enabled: z.boolean(),
  trigger: triggerSchema,
  /** Where a webhook trigger is called; null for the others. */
  webhook_url: z.string().nullable(),
  next_run_at: instant.nullable(),
  last_run_at: instant.nullable(),
});
export type WorkflowTrigger = z.infer<typeof workflowTriggerSchema>;

/** Answer of `GET /api/workflows/:id`. */
export const workflowDetailSchema = workflowSummarySchema.extend({
  definition: workflowDefinitionSchema,
  /** The same as a file: what the editor shows. */
  yaml: z.string(),
  triggers: z.array(workflowTriggerSchema),
});
export type WorkflowDetail = z.infer<typeof workflowDetailSchema>;

/**
 * Body of `POST /api/workflows` and `PUT /api/workflows/:id`: the text of a file (YAML or JSON) or the definition.
 * With `base_version`, a save over a version that was not seen is refused as CONFLICT.
 */
export const workflowSaveSchema = z
  .strictObject({
    text: z.string().optional(),
    definition: z.unknown().optional(),
    base_version: z.number().int().min(1).optional(),
    /** Of a copy: the version of the built-in workflow that was merged into it, so that it is no longer behind. */
    upgraded_to: z.number().int().min(1).optional(),
  })
  .refine(
    (body) => (body.text === undefined) !== (body.definition === undefined),
    "must give either text or definition",
  );

/** A change of a workflow that the repository keeps: it is made there. */
export const workflowProposalSchema = z.object({
  path: z.string(),
  /** The whole file as it should be. */
  text: z.string(),
  diff: z.lazy(() => z.array(diffLineSchema)),
  /** What opens the pull request; null where no forge is connected, so that somebody has to commit it. */
  execution_id: z.string().nullable(),
});
export type WorkflowProposal = z.infer<typeof workflowProposalSchema>;

/** Answer of a save, of a change of status and of `…/reset`. `workflow` is the copy where a built-in one was changed. */
export const workflowSavedSchema = z.object({
  workflow: workflowDetailSchema,
  /** False where nothing had changed, so that no version was made. */
  is_changed: z.boolean(),
  warnings: z.array(workflowProblemSchema),
  /** Instead of a change, where the repository is the source. */
  proposal: workflowProposalSchema.optional(),
});
export type WorkflowSaved = z.infer<typeof workflowSavedSchema>;

/** Body of `PATCH /api/workflows/:id`. Switching a built-in one off makes an inactive copy. */
export const workflowPatchSchema = z.strictObject({ status: z.enum(workflowStatuses) });

export const workflowVersionSchema = z.object({
  version: z.number().int(),
  is_current: z.boolean(),
  created_by: z.string().nullable(),
  created_at: instant,
});
export const workflowVersionListSchema = listOf(workflowVersionSchema);
export type WorkflowVersionList = z.infer<typeof workflowVersionListSchema>;
/** Answer of `GET /api/workflows/:id/versions/:n`. */
export const workflowVersionDetailSchema = workflowVersionSchema.extend({
  definition: workflowDefinitionSchema,
  yaml: z.string(),
  /** Against the version before it, by lines. */
  diff: z.lazy(() => z.array(diffLineSchema)),
});
export type WorkflowVersionDetail = z.infer<typeof workflowVersionDetailSchema>;

export const diffLineSchema = z.object({
  kind: z.enum(["same", "added", "removed"]),
  text: z.string(),
  /** Line numbers from 1 on either side; null where it has none. */
  old_line: z.number().int().nullable(),
  new_line: z.number().int().nullable(),
});
export type DiffLine = z.infer<typeof diffLineSchema>;

/** Answer of `GET /api/workflows/:id/upgrade`: from the project's copy to the built-in one as it is now. */
export const workflowUpgradeSchema = z.object({
  has_upgrade: z.boolean(),
  copied_version: z.number().int(),
  builtin_version: z.number().int(),
  diff: z.array(diffLineSchema),
  /** What the built-in one changed since it was copied; empty where it has not. */
  upstream_diff: z.array(diffLineSchema),
});
export type WorkflowUpgrade = z.infer<typeof workflowUpgradeSchema>;

/** Body of `POST /api/workflows/:id/run`. */
export const workflowRunSchema = z.strictObject({
  inputs: z.record(z.string(), z.unknown()).default({}),
  incident_id: z.string().optional(),
});
/** Answer of everything that starts an execution. */
export const executionStartedSchema = z.object({ execution_id: z.string() });
export type ExecutionStarted = z.infer<typeof executionStartedSchema>;

/** One action of `GET /api/actions`: its form and its checks are made of the two JSON Schemas. */
export const actionDescriptionSchema = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  group: z.enum(["incident", "pull_request", "code", "people", "data", "upkeep", "control"]),
  input: z.record(z.string(), z.unknown()),
  output: z.record(z.string(), z.unknown()),
  /** How its effect outside may be repeated after a crash. */
  repeat: z.enum(["none", "idempotent", "lookup", "atMostOnce"]),
  is_heavy: z.boolean(),
  /** A step that steers others (delay, approval, parallel, for_each, run_workflow). */
  is_control: z.boolean(),
  /** Whether it holds `steps`. */
  has_steps: z.boolean(),
});
export type ActionDescription = z.infer<typeof actionDescriptionSchema>;
export const actionListSchema = z.object({
  items: z.array(actionDescriptionSchema),
  next_cursor: z.null(),
  control_kinds: z.array(z.enum(controlKinds)),
});
export type ActionList = z.infer<typeof actionListSchema>;

/** Names only: a secret's value is never shown again. */
export const workflowSecretSchema = z.object({
  name: z.string(),
  created_by: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
});
export const workflowSecretListSchema = listOf(workflowSecretSchema);
export type WorkflowSecretList = z.infer<typeof workflowSecretListSchema>;
/** Body of `PUT /api/workflow-secrets/:name`. */
export const workflowSecretInputSchema = z.strictObject({ value: z.string().min(1).max(65_536) });
export const workflowSecretNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is an identifier: letters, digits and underscores, no digit first");

/** One row of `GET /api/executions`. */
export const executionSummarySchema = z.object({
  id: z.string(),
  project_id: z.string(),
  workflow_id: z.string(),
  workflow_name: z.string(),
  workflow_version: z.number().int(),
  status: z.enum(executionStatuses),
  /** A step waits: for a time, a person, or an execution it called. */
  is_waiting: z.boolean(),
  is_paused: z.boolean(),
  wake_at: instant.nullable(),
  trigger_type: z.string().nullable(),
  incident_id: z.string().nullable(),
  incident_title: z.string().nullable(),
  event_id: z.string().nullable(),
  /** The execution that this one retries or replays. */
  parent_execution_id: z.string().nullable(),
  /** The execution that called this one by `run_workflow`, and its step. */
  caller_execution_id: z.string().nullable(),
  caller_step: z.string().nullable(),
  retry_count: count,
  error_message: z.string().nullable(),
  started_at: instant,
  completed_at: instant.nullable(),
  duration_ms: count.nullable(),
  /** Time worked, without waiting: what `timeout` counts. */
  active_ms: count,
});
export type ExecutionSummary = z.infer<typeof executionSummarySchema>;

/** Query of `GET /api/executions`, newest first. */
export const executionListQuerySchema = z.strictObject({
  ...listQuery,
  workflow: z.string().optional(),
  status: z.enum(executionStatuses).optional(),
  incident: z.string().optional(),
});
export const executionListSchema = listOf(executionSummarySchema);
export type ExecutionList = z.infer<typeof executionListSchema>;

export const executionStepSchema = z.object({
  /** The ids of the step and of those it lies in: `each[2].notify`. */
  path: z.string(),
  action_type: z.string(),
  action_name: z.string(),
  status: z.enum(stepStatuses),
  attempt: z.number().int(),
  input: z.unknown(),
  output: z.unknown(),
  /** Why it was skipped, what it waits for, or how it failed. */
  reason: z.string().nullable(),
  wake_at: instant.nullable(),
  started_at: instant,
  finished_at: instant.nullable(),
  duration_ms: count.nullable(),
});
export type ExecutionStep = z.infer<typeof executionStepSchema>;

export const deliveryStatuses = ["pending", "sending", "sent", "failed", "unknown", "cancelled"] as const;
/** Something an execution did to the world outside, or tried to. */
export const executionDeliverySchema = z.object({
  id: z.string(),
  step_path: z.string().nullable(),
  kind: z.string(),
  recipient: z.string().nullable(),
  integration_id: z.string().nullable(),
  integration_name: z.string().nullable(),
  /** `unknown`: it may have been made; a person settles it. */
  status: z.enum(deliveryStatuses),
  repeat: z.enum(["idempotent", "lookup", "atMostOnce"]),
  attempt_count: count,
  request: z.unknown(),
  response: z.unknown(),
  external_ref: z.string().nullable(),
  error_message: z.string().nullable(),
  created_at: instant,
  sent_at: instant.nullable(),
  settled_by: z.string().nullable(),
  settled_at: instant.nullable(),
});
export type ExecutionDelivery = z.infer<typeof executionDeliverySchema>;

export const approvalSchema = z.object({
  id: z.string(),
  project_id: z.string(),
  execution_id: z.string(),
  workflow_name: z.string(),
  incident_id: z.string().nullable(),
  path: z.string(),
  message: z.string(),
  /** What holds when nobody answers by `expires_at`. */
  default_decision: z.enum(["approve", "reject"]),
  expires_at: instant.nullable(),
  decision: z.enum(["approve", "reject"]).nullable(),
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
  reason: z.string().nullable(),
  created_at: instant,
});
export type Approval = z.infer<typeof approvalSchema>;
/** Query of `GET /api/approvals`, oldest first where they wait, newest first where they are decided. */
export const approvalListQuerySchema = z.strictObject({
  ...listQuery,
  state: z.enum(["waiting", "decided"]).default("waiting"),
});
export const approvalListSchema = listOf(approvalSchema);
export type ApprovalList = z.infer<typeof approvalListSchema>;
/** Body of `POST /api/approvals/:id/decide`. */
export const approvalDecisionSchema = z.strictObject({
  decision: z.enum(["approve", "reject"]),
  reason: z.string().max(2000).optional(),
});

/** Answer of `GET /api/executions/:id`. */
export const executionDetailSchema = executionSummarySchema.extend({
  /** What it runs: the version it was started with. */
  definition: workflowDefinitionSchema.nullable(),
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.unknown(),
  trigger_data: z.unknown(),
  /** In the order in which they began. */
  steps: z.array(executionStepSchema),
  approvals: z.array(approvalSchema),
  deliveries: z.array(executionDeliverySchema),
  /** Its retries and replays, and the executions that its steps called; newest first, at most 100. */
  children: z.array(executionSummarySchema),
});
export type ExecutionDetail = z.infer<typeof executionDetailSchema>;

export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
/** Query of `GET /api/executions/:id/logs`, oldest first. `q`: words that a line must hold, by full-text search. */
export const executionLogQuerySchema = z.strictObject({
  project: listQuery.project,
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: listQuery.cursor,
  q: z.string().min(1).max(500).optional(),
  level: z.enum(logLevels).optional(),
  step: z.string().max(255).optional(),
});
export const executionLogSchema = z.object({
  id: z.string(),
  at: instant,
  level: z.enum(logLevels),
  step: z.string().nullable(),
  message: z.string(),
  metadata: z.unknown(),
});
export type ExecutionLog = z.infer<typeof executionLogSchema>;
export const executionLogListSchema = listOf(executionLogSchema);
export type ExecutionLogList = z.infer<typeof executionLogListSchema>;

/** Body of `POST /api/deliveries/:id/settle`: what a person found out about an `unknown` one. */
export const deliverySettleSchema = z.strictObject({
  /** `not_sent` lets its step be tried again. */
  outcome: z.enum(["sent", "not_sent"]),
  external_ref: z.string().max(500).optional(),
  note: z.string().max(2000).optional(),
});
