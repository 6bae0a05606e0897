import { z } from "zod";

/**
 * A workflow as it is written: in `.culprit/workflows/*.yml`, through the API, and in `workflow_versions`. The rows of
 * document 3 (`workflows`, `workflow_actions`, `workflow_triggers`) are the current version in that document's shape.
 */

export const workflowStatuses = ["active", "inactive", "archived", "draft"] as const;
export const executionStatuses = ["pending", "running", "completed", "failed", "timeout", "cancelled"] as const;
export const stepStatuses = [
  "running",
  "waiting",
  "retrying",
  "completed",
  "failed",
  "skipped",
  "unknown",
  "cancelled",
] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];
export type ExecutionStatus = (typeof executionStatuses)[number];
export type StepStatus = (typeof stepStatuses)[number];

/** Steps that steer others; every other `uses` names an action of the catalogue. */
export const controlKinds = ["delay", "approval", "parallel", "for_each", "run_workflow"] as const;
export type ControlKind = (typeof controlKinds)[number];

const seconds = z
  .number()
  .int()
  .min(1)
  .max(30 * 86_400);
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9\s._-]+$/, "may hold letters, digits, spaces, dots, underscores and hyphens only");
const stepId = z
  .string()
  .max(100)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "is an identifier: letters, digits and underscores, no digit first");

const retryParts = {
  max_attempts: z.number().int().min(1).max(20),
  delay: z.number().min(0).max(3600),
  backoff: z.enum(["exponential", "fixed"]),
};
/** Tries of one step: `delay` seconds before the second, doubled each time with exponential `backoff`. */
export const retryPolicySchema = z.strictObject({
  max_attempts: retryParts.max_attempts.default(3),
  delay: retryParts.delay.default(5),
  backoff: retryParts.backoff.default("exponential"),
});
export type RetryPolicy = z.infer<typeof retryPolicySchema>;
/** What a step sets differently from its workflow. */
export const stepRetryPolicySchema = z.strictObject(retryParts).partial();

/** `workflows.config`, as document 3 prints it. */
export const workflowConfigSchema = z.looseObject({
  /** Executions of this workflow and project that work at once; the rest is `pending`. None: as many as the process runs. */
  max_concurrent_executions: z.number().int().min(1).max(1000).optional(),
  /** Seconds of work after which an execution ends as `timeout`; waiting does not count. */
  timeout: seconds.default(300),
  retry_policy: retryPolicySchema.prefault({}),
  /** Built-in ones only: schedules of `installation` run once for all of Culprit, in the house project. Each project unless told. */
  runs_for: z.enum(["project", "installation"]).optional(),
  /** Names or types of integrations that are told how it ended. */
  notifications: z
    .strictObject({
      on_success: z.array(z.string()).default([]),
      on_failure: z.array(z.string()).default([]),
    })
    .prefault({}),
});
export type WorkflowConfig = z.infer<typeof workflowConfigSchema>;

/** A condition: an expression in CEL, or document 3's comparison with `$name` for what an earlier step gave. */
export const conditionSchema = z.union([
  z.string().min(1).max(10_000),
  z.strictObject({ if: z.string().min(1).max(10_000) }),
  z.strictObject({
    op: z.enum(["eq", "ne", "gt", "lt", "gte", "lte", "in", "not_in", "contains"]),
    left: z.unknown(),
    right: z.unknown(),
  }),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** Who may start it by hand, and with what; shown as a form. */
export const workflowInputSchema = z.strictObject({
  type: z.enum(["string", "number", "boolean", "array", "object"]).default("string"),
  description: z.string().max(1000).optional(),
  required: z.boolean().default(false),
  default: z.unknown().optional(),
  options: z
    .array(z.union([z.string(), z.number()]))
    .max(200)
    .optional(),
});

const patterns = z.union([z.string(), z.array(z.string()).max(100)]);
const eventMatchers = {
  /** Globs; each matcher that is there must match. */
  branch: patterns.optional(),
  path: patterns.optional(),
  environment: patterns.optional(),
  service: patterns.optional(),
  severity: patterns.optional(),
  repository: patterns.optional(),
  author: patterns.optional(),
  label: patterns.optional(),
  /** Document 3's own words, compared without case. */
  label_substring: z.string().optional(),
  body_substring: z.string().optional(),
  on: z.enum(["issue", "pull_request"]).optional(),
  if: z.string().min(1).max(10_000).optional(),
};

export const triggerSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("event"),
    /** `pull_request.opened`, `incident.*`; at least one must name the event. */
    events: z.array(z.string().min(1).max(100)).min(1).max(50),
    ...eventMatchers,
  }),
  z.strictObject({
    type: z.literal("schedule"),
    cron: z.string().min(1).max(200),
    timezone: z.string().max(100).default("UTC"),
    /** What becomes of times at which nothing ran: none of them, or one run for all. */
    missed: z.enum(["skip", "run_once"]).default("run_once"),
    inputs: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({
    type: z.literal("webhook"),
    /** Seconds by which the time of a signed call may differ from ours. */
    replay_window: z.number().int().min(1).max(86_400).default(300),
    /** What the caller is answered, with templates over `event` and `execution`. */
    response: z.record(z.string(), z.unknown()).optional(),
    if: z.string().min(1).max(10_000).optional(),
  }),
  z.strictObject({ type: z.literal("manual") }),
]);
export type Trigger = z.infer<typeof triggerSchema>;
export type EventTrigger = Extract<Trigger, { type: "event" }>;

export interface Step {
  /** What templates call it: `steps.ID.outputs`. Unique in its workflow. */
  readonly id: string;
  readonly name?: string | undefined;
  /** An action of the catalogue, or one of `controlKinds`. */
  readonly uses: string;
  readonly with?: Readonly<Record<string, unknown>> | undefined;
  readonly if?: Condition | undefined;
  readonly continue_on_error?: boolean | undefined;
  readonly retry_policy?: z.infer<typeof stepRetryPolicySchema> | undefined;
  /** Seconds of one try. */
  readonly timeout?: number | undefined;
  /** What `parallel` runs at once and `for_each` runs for each item, one after the other. */
  readonly steps?: readonly Step[] | undefined;
}

export const stepSchema: z.ZodType<Step> = z.lazy(() =>
  z.strictObject({
    id: stepId,
    name: z.string().min(1).max(255).optional(),
    uses: z.string().min(1).max(100),
    with: z.record(z.string(), z.unknown()).optional(),
    if: conditionSchema.optional(),
    continue_on_error: z.boolean().optional(),
    retry_policy: stepRetryPolicySchema.optional(),
    timeout: seconds.optional(),
    steps: z.array(stepSchema).min(1).max(100).optional(),
  }),
);

export const workflowDefinitionSchema = z.strictObject({
  name,
  description: z.string().max(10_000).optional(),
  status: z.enum(workflowStatuses).default("active"),
  config: workflowConfigSchema.prefault({}),
  inputs: z.record(stepId, workflowInputSchema).default({}),
  triggers: z.array(triggerSchema).max(50).default([]),
  steps: z.array(stepSchema).min(1).max(100),
  /** Run one after the other when the execution failed or timed out; they see `failure.step` and `failure.reason`. */
  on_failure: z.array(stepSchema).max(20).default([]),
  outputs: z.record(stepId, z.unknown()).default({}),
});
export type WorkflowDefinition = z.infer<typeof workflowDefinitionSchema>;
/** What may be left out is left out. */
export type WorkflowDefinitionInput = z.input<typeof workflowDefinitionSchema>;
