import { z } from "zod";
import { deployTypes } from "./change.ts";
import { incidentPullRequestsSchema } from "./pull-request-api.ts";
import { severitySchema } from "./severity.ts";
import { detectors } from "./signal.ts";
import { executionStatuses } from "./workflow.ts";
import { executionStepSchema } from "./workflow-api.ts";

export const incidentStatuses = [
  "open",
  "suppressed",
  "triaged",
  "investigating",
  "diagnosed",
  "pr_created",
  "failed",
  "agent_failed",
  "resolved",
] as const;
export const incidentStatusSchema = z.enum(incidentStatuses);
export type IncidentStatus = (typeof incidentStatuses)[number];

/** Statuses in which nobody has to do anything more. */
export const settledStatuses = ["resolved", "suppressed"] as const satisfies readonly IncidentStatus[];

/** What a list of incidents can be narrowed to: one status, or `unresolved`, which is all that are not settled. */
export const statusFilterSchema = z.enum([...incidentStatuses, "unresolved"]);
export type StatusFilter = z.infer<typeof statusFilterSchema>;

export const verdicts = ["confirmed", "likely", "inconclusive"] as const;
export const verdictSchema = z.enum(verdicts);
export type Verdict = (typeof verdicts)[number];

export const hypothesisTypes = [
  "release",
  "traffic",
  "dependency",
  "db",
  "infra",
  "unknown",
  "config",
  "flag",
] as const;
export type HypothesisType = (typeof hypothesisTypes)[number];

export const proofOutcomes = ["green", "red", "not_run"] as const;
export type ProofOutcome = (typeof proofOutcomes)[number];

const instant = z.iso.datetime({ offset: true });

/** Another incident, by name. */
export const incidentRefSchema = z.object({ id: z.string(), title: z.string() });
export type IncidentRef = z.infer<typeof incidentRefSchema>;

/** One row of `GET /api/incidents`. */
export const incidentSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  status: incidentStatusSchema,
  severity: severitySchema,
  error_type: z.string().nullable(),
  error_message: z.string(),
  detector: z.enum(detectors).nullable(),
  /** As the signals named it; the project's name as a service where none did. */
  service: z.string().nullable(),
  environment: z.string(),
  release: z.string().nullable(),
  commit_sha: z.string().nullable(),
  file_path: z.string().nullable(),
  line_number: z.number().int().nullable(),
  column_number: z.number().int().nullable(),
  verdict: verdictSchema.nullable(),
  /** The verdict in one sentence, or null before the first investigation. */
  verdict_summary: z.string().nullable(),
  culprit_commit: z.string().nullable(),
  is_regression: z.boolean(),
  /** Why it was suppressed, where it is. */
  suppressed_reason: z.string().nullable(),
  /** The incident that it turned out to be a part of, which goes on; its own status is `resolved` then. */
  part_of: incidentRefSchema.nullable(),
  occurrence_count: z.number().int(),
  first_seen_at: instant,
  last_seen_at: instant,
  occurred_at: instant,
  created_at: instant,
  resolved_at: instant.nullable(),
});
export type IncidentSummary = z.infer<typeof incidentSummarySchema>;

/** Query of `GET /api/incidents`. `cursor` is the `next_cursor` of the page before. */
export const incidentListQuerySchema = z.strictObject({
  project: z.string().optional(),
  status: statusFilterSchema.optional(),
  /** Name of the service that it opened for. */
  service: z.string().min(1).max(255).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});
export const incidentListSchema = z.object({
  incidents: z.array(incidentSummarySchema),
  next_cursor: z.string().nullable(),
});
export type IncidentList = z.infer<typeof incidentListSchema>;

export const evidenceKinds = [
  "clickhouse_query",
  "prom_query",
  "k8s_event",
  "git_diff",
  "snapshot",
  "note",
  "retrieval",
  "sql_query",
  "metric_series",
  "log_pattern",
  "trace_operation",
  "change_event",
] as const;
/** The engine or place that answered. */
export const evidenceSources = [
  "clickhouse",
  "prometheus",
  "k8s",
  "github",
  "manual",
  "qdrant",
  "pgvector",
  "postgres",
  "git",
  "telemetry",
] as const;

/** Something that was read, where, and how it looked then. */
export const evidenceSchema = z.object({
  id: z.string(),
  kind: z.string(),
  source: z.string(),
  ref: z.string(),
  title: z.string(),
  /** Text as it was when it was read: a diff, a blame table, a list of occurrences. */
  snapshot: z.string(),
  created_at: instant,
  /** True of a series that a detector fired on. */
  is_fired: z.boolean().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const argumentSchema = z.object({ text: z.string(), evidence_id: z.string() });

export const hypothesisSchema = z.object({
  id: z.string(),
  rank: z.number().int(),
  type: z.enum(hypothesisTypes),
  title: z.string(),
  /** 0..0.97: how likely it is the cause, of all that could be; what a person confirmed is as sure as they are. */
  confidence: z.number().min(0).max(1),
  commit_sha: z.string().nullable(),
  config_change_id: z.string().nullable(),
  for: z.array(argumentSchema),
  against: z.array(argumentSchema),
  /** What to do to be surer, or about it; null for nothing. */
  advice: z.string().nullable(),
  /** One sentence: what would prove it wrong, and where to look; null in answers of the first engine. */
  falsification: z.string().nullable(),
  /** The component that it makes the cause, where telemetry was looked at. */
  component: z.string().nullable(),
  /** The deployment, flag, migration or other observed change that it blames. */
  change_id: z.string().nullable(),
});
export type Hypothesis = z.infer<typeof hypothesisSchema>;

export const proofStepSchema = z.object({
  name: z.string(),
  command: z.string(),
  exit_code: z.number().int().nullable(),
  duration_ms: z.number().int(),
  outcome: z.enum(["passed", "failed", "skipped"]),
  log: z.string(),
});

/** Whether an answer belongs to an earlier conclusion than the one that the newest report draws. */
export const outdatedSchema = z.object({
  /** The revision of the report that says otherwise. */
  outdated_by: z.number().int().nullable().default(null),
  /** That in words for people, and what renews it. */
  outdated_reason: z.string().nullable().default(null),
});
export type Outdated = z.infer<typeof outdatedSchema>;

export const autopsySchema = outdatedSchema.extend({
  proposer: z.string(),
  patch_kind: z.enum(["fix", "mitigation", "revert"]).nullable(),
  base_commit: z.string().nullable(),
  patch_diff: z.string().nullable(),
  patch_applies: z.boolean().nullable(),
  test_path: z.string().nullable(),
  test_diff: z.string().nullable(),
  proof: z.enum(proofOutcomes),
  proof_reason: z.string(),
  proof_steps: z.array(proofStepSchema),
  isolation: z.string(),
  duration_ms: z.number().int(),
  created_at: instant,
});
export type Autopsy = z.infer<typeof autopsySchema>;

/** Answer of `GET /api/incidents/:id`. */
export const incidentDetailSchema = incidentSummarySchema.extend({
  project_id: z.string(),
  stack_trace: z.string().nullable(),
  frames: z.array(
    z.object({
      file: z.string().nullable(),
      function: z.string().nullable(),
      line: z.number().int().nullable(),
      column: z.number().int().nullable(),
      is_in_app: z.boolean(),
      /** Lines around the failing one at the deployed commit, where the repository is known. */
      code: z.object({ path: z.string(), first_line: z.number().int(), lines: z.array(z.string()) }).nullable(),
    }),
  ),
  /** Occurrences by bucket, oldest first, for the chart. */
  series: z.object({ bucket_s: z.number().int(), points: z.array(z.object({ at: instant, count: z.number().int() })) }),
  deployments: z.array(
    z.object({
      id: z.string(),
      started_at: instant,
      commit_sha: z.string().nullable(),
      release: z.string().nullable(),
      deploy_type: z.enum(deployTypes),
      origin: z.enum(["reported", "observed"]),
    }),
  ),
  decisions: z.array(z.object({ decided_at: instant, decision: z.string(), rationale: z.string() })),
  /** Incidents that turned out to be a part of it, with their own answers and what was said of them; oldest first. */
  parts: z.array(incidentRefSchema.extend({ verdict: verdictSchema.nullable(), merged_at: instant })),
  hypotheses: z.array(hypothesisSchema),
  evidence: z.array(evidenceSchema),
  report: z
    .object({
      revision: z.number().int(),
      verdict: verdictSchema,
      summary: z.string(),
      markdown: z.string(),
      /** Safe: made from the Markdown with raw HTML switched off. */
      html: z.string(),
      changed: z.string().nullable(),
      /** Of what comes first; null in reports of the first engine. */
      confidence: z.number().min(0).max(1).nullable(),
      /** Too unsure to wake anybody: shown, not paged. */
      is_silent: z.boolean(),
      /** What would have to be known for a surer answer, each a sentence. */
      missing: z.array(z.string()),
      created_at: instant,
    })
    .nullable(),
  autopsy: autopsySchema.nullable(),
  pull_request: incidentPullRequestsSchema,
  /** Whether the project's `incident-response` is active; while it is not, nobody looks for the cause by himself. */
  response: z.object({ is_on: z.boolean(), workflow_id: z.string().nullable() }),
  /** The newest run of `incident-response` for it. */
  execution: z
    .object({
      id: z.string(),
      workflow: z.string(),
      status: z.enum(executionStatuses),
      error_message: z.string().nullable(),
      steps: z.array(executionStepSchema),
      log: z.array(z.object({ at: instant, step: z.string().nullable(), level: z.string(), message: z.string() })),
    })
    .nullable(),
  last_payload: z.record(z.string(), z.unknown()).nullable(),
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

/** Body of `PATCH /api/incidents/:id`. */
export const incidentPatchSchema = z.strictObject({
  status: z.enum(["resolved", "open"]),
  reason: z.string().max(2000).optional(),
});
