import { z } from "zod";
import { listOf, listQuery } from "./list.ts";
import { severitySchema } from "./severity.ts";

/*
 * What is looked for in telemetry: detectors, and what they can be told. Numbers are the built-in ones where nothing is set;
 * they are chosen to keep quiet when in doubt.
 */

/** What a trigger says happened (document 4). */
export const triggerTypes = ["error_rate_spike", "p99_regression", "crashloop", "custom"] as const;
export type TriggerType = (typeof triggerTypes)[number];

export const detectorKinds = [
  "error_rate_spike",
  "p99_regression",
  "crashloop",
  "slo_burn_rate",
  "change_point",
  "custom",
] as const;
export type DetectorKind = (typeof detectorKinds)[number];

const seconds = (max: number) => z.number().int().min(0).max(max);
const ratio = z.number().min(0).max(1);
const metricName = z.string().trim().min(1).max(255);

/** What every detector can be told. */
const common = {
  /** Environments to look at; all where it is empty. */
  environments: z.array(z.string().min(1).max(50)).max(20).default([]),
  /** Quiet for so long, it is over; each firing within an hour doubles it, up to an hour (flapping). */
  resolve_after_s: seconds(86_400).default(300),
  severity: severitySchema.default("high"),
};

export const detectorSettingsSchemas = {
  /** Share of requests that end in 5xx, judged by the lower bound of what so few requests can vouch for. */
  error_rate_spike: z.strictObject({
    ratio: ratio.default(0.01),
    /** Times the share that is usual at this hour, where that is higher. */
    usual_factor: z.number().min(1).max(1000).default(2),
    window_s: seconds(3600).default(120),
    for_s: seconds(3600).default(60),
    requests_per_minute_min: z.number().min(0).default(10),
    errors_min: z.number().int().min(1).default(5),
    ...common,
  }),
  p99_regression: z.strictObject({
    factor: z.number().min(1).max(1000).default(2),
    increase_ms_min: z.number().min(0).default(100),
    window_s: seconds(3600).default(120),
    for_s: seconds(3600).default(120),
    requests_per_minute_min: z.number().min(0).default(20),
    /** What usually takes this long waits by design (long polls, streams) and is not judged. */
    long_poll_ms: z.number().min(0).default(10_000),
    ...common,
  }),
  crashloop: z.strictObject({
    metrics: z
      .array(metricName)
      .min(1)
      .max(20)
      .default(["k8s.container.restarts", "kube_pod_container_status_restarts_total"]),
    restarts: z.number().int().min(1).default(3),
    window_s: seconds(3600).default(600),
    ...common,
    resolve_after_s: seconds(86_400).default(600),
  }),
  /** Multi-window, multi-burn-rate (Site Reliability Workbook, chapter 5). */
  slo_burn_rate: z.strictObject({
    /** Share of requests that shall succeed. */
    objective: z.number().min(0.5).max(0.99999).default(0.99),
    windows: z
      .array(
        z.strictObject({
          long_s: seconds(21_600),
          short_s: seconds(3600),
          burn: z.number().positive(),
        }),
      )
      .min(1)
      .max(5)
      .default([
        { long_s: 3600, short_s: 300, burn: 14.4 },
        { long_s: 21_600, short_s: 900, burn: 6 },
      ]),
    /** Share of a window that must hold data before it is believed. */
    present_min: ratio.default(0.5),
    requests_per_minute_min: z.number().min(0).default(10),
    errors_min: z.number().int().min(1).default(10),
    ...common,
  }),
  change_point: z.strictObject({
    measure: z.enum(["requests", "errors", "p99"]).default("p99"),
    direction: z.enum(["up", "down", "both"]).default("up"),
    /** How far the level must move, as a share of what it was. */
    change_min: z.number().min(0).default(0.5),
    /** Between requests and 5xx at least so many; quieter services are not judged. */
    requests_per_minute_min: z.number().min(0).default(20),
    for_s: seconds(3600).default(300),
    ...common,
    severity: severitySchema.default("medium"),
  }),
  /**
   * A condition in CEL over series, for each service that has them all. Each name has `now` (mean of the window), `usual`
   * (median of the hour before), `min`, `max` and `points`: `queue.now > 100.0 && queue.now > 2 * queue.usual`.
   */
  custom: z.strictObject({
    series: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a name in small letters"),
        z.strictObject({
          metric: metricName,
          labels: z.record(z.string().max(200), z.string().max(200)).default({}),
        }),
      )
      .refine((series) => Object.keys(series).length > 0 && Object.keys(series).length <= 10, "names 1 to 10 series"),
    condition: z.string().trim().min(1).max(1000),
    window_s: seconds(3600).default(120),
    for_s: seconds(3600).default(120),
    ...common,
  }),
} as const satisfies Record<DetectorKind, z.ZodType>;

export type DetectorSettings = { [K in DetectorKind]: z.output<(typeof detectorSettingsSchemas)[K]> };

const detectorName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,99}$/, "must begin with a small letter and hold small letters, digits and -");
const reason = z.string().trim().min(1).max(1000);
const serviceName = z.string().trim().min(1).max(255);

/** Body of `PUT /api/detectors/:name`. What is left out of the settings is as it stands. */
export const detectorInputSchema = z.strictObject({
  /** Needed for a detector of the project's own, which is `custom` or of another kind beside the built-in one. */
  kind: z.enum(detectorKinds).optional(),
  /** Only for this service; for all of the project where it is left out. */
  service: serviceName.optional(),
  enabled: z.boolean().optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
  reason,
});
export const detectorNameSchema = detectorName;

export const detectorSchema = z.object({
  name: z.string(),
  kind: z.enum(detectorKinds),
  /** Null: all services without a row of their own. */
  service: z.string().nullable(),
  /** 0 for what is built in and was never set. */
  version: z.number().int(),
  enabled: z.boolean(),
  settings: z.record(z.string(), z.unknown()),
  set_by: z.string().nullable(),
  reason: z.string().nullable(),
  created_at: z.iso.datetime({ offset: true }).nullable(),
  /** In lists: `watching`; `learning` with too little history to judge; `waiting` for telemetry; `off`. */
  state: z.enum(["watching", "learning", "waiting", "off"]).optional(),
  /** What it learns or waits for, such as `no such series in the last hour: queue.depth`, or `12 of 30 minutes of p99 before the last 4`. */
  state_reason: z.string().nullable().optional(),
});
export type DetectorView = z.infer<typeof detectorSchema>;
export const detectorListSchema = z.object({ items: z.array(detectorSchema) });

/** What the gate decides by. `sources`: telemetry (Culprit's own detectors, and 5xx answers that spans tell of), alert, kubernetes, errors (SDKs, traces). */
export const gateSources = ["telemetry", "alert", "kubernetes", "errors"] as const;
export type GateSource = (typeof gateSources)[number];

export const gatePolicySchema = z.strictObject({
  /** Severities that are only information. */
  information: z.array(severitySchema).default(["low"]),
  /** A change within so long before the beginning may have done it. */
  change_window_s: seconds(86_400).default(900),
  /** True: telemetry without a change nearby is never approved (document 4's strict rule). */
  is_change_required: z.boolean().default(false),
  /** How long telemetry must stay bad: less where a change is near. */
  persistence: z
    .strictObject({
      with_change_s: seconds(3600).default(60),
      without_change_s: seconds(3600).default(180),
    })
    .prefault({}),
  traffic: z.strictObject({ requests_per_minute_min: z.number().min(0).default(10) }).prefault({}),
  /** Single slow requests that spans tell of: so many of one route within so long are a failure; fewer do where a change is near. */
  latency: z
    .strictObject({
      requests_min: z.number().int().min(1).max(1000).default(3),
      with_change_min: z.number().int().min(1).max(1000).default(2),
      window_s: z.number().int().min(1).max(86_400).default(900),
    })
    .prefault({}),
  /** What opened and went away by itself so often within so many days is known; unless a change is near or it lasts. */
  flakiness: z
    .strictObject({
      recoveries: z.number().int().min(1).max(1000).default(3),
      days: z.number().int().min(1).max(30).default(7),
      lasts_s: seconds(86_400).default(1800),
      sources: z.array(z.enum(gateSources)).default(["telemetry", "alert", "kubernetes"]),
    })
    .prefault({}),
  maintenance: z
    .strictObject({ sources: z.array(z.enum(gateSources)).default(["telemetry", "alert", "kubernetes"]) })
    .prefault({}),
  /** Telemetry of a service whose incident began within so long is another view of it. */
  duplicate_window_s: seconds(86_400).default(900),
  /** Traffic so far above what is usual, errors not: demand. With `suppress` it is not investigated where the processor confirms it. */
  demand: z
    .strictObject({
      traffic_factor: z.number().min(1).default(1.3),
      cpu_factor: z.number().min(1).default(1.2),
      error_ratio_normal: ratio.default(0.01),
      action: z.enum(["approve", "suppress"]).default("approve"),
    })
    .prefault({}),
});
export type GatePolicy = z.output<typeof gatePolicySchema>;

export const gatePolicyStatuses = ["draft", "shadow", "active", "retired"] as const;

/** Body of `POST /api/gate-policies`. What is left out of the policy is built in. It acts only when it is activated. */
export const gatePolicyInputSchema = z.strictObject({ policy: gatePolicySchema, reason });

/** Body of `POST /api/gate-policies/:version/status`. */
export const gatePolicyMoveSchema = z.strictObject({ status: z.enum(["shadow", "active", "retired"]) });

export const gatePolicyViewSchema = z.object({
  /** 0: built in. */
  version: z.number().int(),
  status: z.enum(gatePolicyStatuses),
  policy: gatePolicySchema,
  reason: z.string(),
  set_by: z.string().nullable(),
  created_at: z.iso.datetime({ offset: true }).nullable(),
  activated_at: z.iso.datetime({ offset: true }).nullable(),
});
export type GatePolicyView = z.infer<typeof gatePolicyViewSchema>;

/** Body of `POST /api/gate-policies/:version/shadow` and of `POST /api/gate-policies/dry-run`, which brings the policy. */
export const gateHistorySchema = z.strictObject({ days: z.number().int().min(1).max(90).default(14) });
export const gateDryRunSchema = gateHistorySchema.extend({ policy: gatePolicySchema });

const shadowDecision = z.object({
  incident_id: z.string(),
  title: z.string(),
  decided_at: z.iso.datetime({ offset: true }),
  /** What was decided; null where nobody has. */
  actual: z.enum(["approved", "suppressed"]).nullable(),
  decision: z.enum(["approved", "suppressed"]),
  rule: z.string(),
  rationale: z.string(),
});
export type ShadowDecision = z.infer<typeof shadowDecision>;

/** What a policy would have decided about the incidents of the last days. */
export const gateHistoryReplySchema = z.object({
  days: z.number().int(),
  incidents: z.number().int(),
  approved: z.number().int(),
  suppressed: z.number().int(),
  /** By the rule that would have decided. */
  by_rule: z.record(z.string(), z.number().int()),
  /** Decided otherwise than was decided, newest first, 100 at most. */
  differences: z.array(shadowDecision),
  differences_count: z.number().int(),
  /** True where only the newest 5,000 incidents were looked at. */
  is_cut: z.boolean(),
});
export type GateHistoryReply = z.infer<typeof gateHistoryReplySchema>;

export const shadowListQuerySchema = z.strictObject({ ...listQuery, differences: z.stringbool().default(false) });
export const shadowListSchema = listOf(shadowDecision);

/** Body of `POST /api/maintenance-windows`; it begins now where `starts_at` is left out. Whom it concerns is said, so that a forgotten name does not silence all. */
export const maintenanceInputSchema = z
  .strictObject({
    service: serviceName.optional(),
    /** All services, of `environment` where that is said. */
    all: z.boolean().optional(),
    environment: z.string().trim().min(1).max(50).optional(),
    starts_at: z.iso.datetime({ offset: true }).optional(),
    ends_at: z.iso.datetime({ offset: true }),
    reason,
  })
  .refine(({ service, all = false }) => all === (service === undefined), {
    message: 'says whom it concerns: "service": "NAME" for one, or "all": true for every service',
    path: ["service"],
  })
  .refine((window) => window.starts_at === undefined || Date.parse(window.starts_at) < Date.parse(window.ends_at), {
    message: "must be after starts_at",
    path: ["ends_at"],
  });

export const maintenanceSchema = z.object({
  id: z.string(),
  service: z.string().nullable(),
  environment: z.string().nullable(),
  starts_at: z.iso.datetime({ offset: true }),
  ends_at: z.iso.datetime({ offset: true }),
  reason: z.string(),
  set_by: z.string(),
  is_standing: z.boolean(),
  /** In the answer to its announcement: that no such service is known, and which signals it does not cover. */
  hints: z.array(z.string()).optional(),
});
export type MaintenanceView = z.infer<typeof maintenanceSchema>;

/** Body of `POST /api/incidents/:id/approve` and `POST /api/incidents/:id/suppress`. */
export const incidentDecisionInputSchema = z.strictObject({ reason });
