import { z } from "zod";
import { listOf, listQuery } from "./list.ts";

/** The API of events, of the ledger that says why what ran or did not, of dry-runs, replays and webhook triggers. */

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().min(0);

/** What Culprit itself says has happened; integrations add theirs: `pull_request.opened`, `push`. */
export const culpritEventTypes = [
  "incident.opened",
  "incident.reopened",
  "incident.approved",
  "incident.suppressed",
  "incident.diagnosed",
  "incident.resolved",
  "incident.merged",
  "incident.failed",
  "incident.assigned",
  "incident.escalated",
  "hypothesis.confirmed",
  "hypothesis.rejected",
  "root_cause.set",
  "investigation.completed",
  "patch.proven",
  "deployment.recorded",
  "config.changed",
] as const;
export type CulpritEventType = (typeof culpritEventTypes)[number];

/** `waiting`: no trigger was asked yet. `refused`: none will be, and `refused_reason` says why. */
export const eventStates = ["waiting", "matched", "refused"] as const;

export const eventSummarySchema = z.object({
  id: z.string(),
  project_id: z.string(),
  type: z.string(),
  /** What it is about: `incident:inc_…`, `pull_request:owner/repo#7`. */
  subject: z.string().nullable(),
  /** Public id. */
  incident_id: z.string().nullable(),
  state: z.enum(eventStates),
  refused_reason: z.string().nullable(),
  /** The event that it repeats, because somebody asked for that. */
  replay_of: z.string().nullable(),
  /** How many executions it started, and how many rows of the ledger say that something did not run. */
  ran_count: count,
  did_not_run_count: count,
  created_at: instant,
  matched_at: instant.nullable(),
});
export type EventSummary = z.infer<typeof eventSummarySchema>;

/** Query of `GET /api/events`. `type` is a glob: `incident.*`. */
export const eventListQuerySchema = z.strictObject({
  ...listQuery,
  type: z.string().max(100).optional(),
  subject: z.string().max(500).optional(),
  incident: z.string().optional(),
  state: z.enum(eventStates).optional(),
});
export const eventListSchema = listOf(eventSummarySchema);
export type EventList = z.infer<typeof eventListSchema>;

export const ledgerOutcomes = ["ran", "did_not_run"] as const;

export const ledgerEntrySchema = z.object({
  id: z.string(),
  project_id: z.string(),
  workflow_id: z.string(),
  workflow_name: z.string(),
  trigger_id: z.string().nullable(),
  /** Null for a schedule. */
  event_id: z.string().nullable(),
  event_type: z.string().nullable(),
  /** What it started, where it ran: `exec_…`. */
  execution_id: z.string().nullable(),
  outcome: z.enum(ledgerOutcomes),
  /** In words for people. */
  reason: z.string(),
  /** `matcher`, `expected` and `seen` of the first matcher that failed; `condition` and the `values` it saw. */
  details: z.record(z.string(), z.unknown()),
  created_at: instant,
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** Query of `GET /api/ledger`. `workflow` is an id, `event` an id. */
export const ledgerListQuerySchema = z.strictObject({
  ...listQuery,
  workflow: z.string().optional(),
  event: z.string().optional(),
  outcome: z.enum(ledgerOutcomes).optional(),
});
export const ledgerListSchema = listOf(ledgerEntrySchema);
export type LedgerList = z.infer<typeof ledgerListSchema>;

/** Answer of `GET /api/events/:id`. */
export const eventDetailSchema = eventSummarySchema.extend({
  payload: z.record(z.string(), z.unknown()),
  ledger: z.array(ledgerEntrySchema),
});
export type EventDetail = z.infer<typeof eventDetailSchema>;

/** How many events of a kind did not concern a workflow at all, in one hour. Query of `GET /api/ledger/counts`. */
export const triggerCountQuerySchema = z.strictObject({
  project: z.string().optional(),
  workflow: z.string().optional(),
  /** Hours back from now. */
  hours: z.coerce.number().int().min(1).max(720).default(24),
});
export const triggerCountSchema = z.object({
  workflow_id: z.string(),
  workflow_name: z.string(),
  event_type: z.string(),
  hour: instant,
  count,
});
export const triggerCountListSchema = z.object({ items: z.array(triggerCountSchema) });
export type TriggerCountList = z.infer<typeof triggerCountListSchema>;

/**
 * Body of `POST /api/workflows/dry-run`: a draft as a file's text (YAML or JSON) or as the definition, against chosen events
 * or the last `events` of the project. Nothing is executed and nothing is stored.
 */
export const dryRunInputSchema = z
  .strictObject({
    text: z.string().max(1_000_000).optional(),
    definition: z.unknown().optional(),
    events: z.number().int().min(1).max(500).default(50),
    event_ids: z.array(z.string()).min(1).max(500).optional(),
  })
  .refine(({ text, definition }) => (text === undefined) !== (definition === undefined), {
    error: "must give either text or definition",
  });

/** `not_concerned`: no trigger names such an event. */
export const dryRunOutcomes = ["would_run", "would_not_run", "not_concerned"] as const;
export const dryRunResultSchema = z.object({
  event_id: z.string(),
  event_type: z.string(),
  subject: z.string().nullable(),
  created_at: instant,
  outcome: z.enum(dryRunOutcomes),
  /** Which of the draft's triggers, from 0; null where none is concerned. */
  trigger: z.number().int().nullable(),
  reason: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export const dryRunSchema = z.object({
  workflow: z.string(),
  would_run: count,
  would_not_run: count,
  not_concerned: count,
  /** Newest event first; of those that were not concerned too. */
  results: z.array(dryRunResultSchema),
  /** The next five times of each schedule among its triggers. */
  schedules: z.array(
    z.object({ trigger: z.number().int(), cron: z.string(), timezone: z.string(), next: z.array(instant) }),
  ),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** Body of `POST /api/events/replay`; `POST /api/events/:id/replay` takes none. */
export const replayInputSchema = z.strictObject({ ids: z.array(z.string()).min(1).max(500) });
/** The new events, in the order of those they repeat. */
export const replaySchema = z.object({ items: z.array(z.object({ id: z.string(), replay_of: z.string() })) });
export type Replay = z.infer<typeof replaySchema>;

/** Answer of `GET /api/workflows/:id/webhooks`: its webhook triggers. */
export const webhookTriggerSchema = z.object({
  trigger_id: z.string(),
  is_enabled: z.boolean(),
  url: z.string(),
  replay_window: z.number().int(),
  /** Without one it is not answered; `POST …/webhooks/:trigger_id/secret` makes one. */
  has_secret: z.boolean(),
});
export const webhookTriggerListSchema = z.object({ items: z.array(webhookTriggerSchema) });
export type WebhookTriggerList = z.infer<typeof webhookTriggerListSchema>;

/** Answer of `POST /api/workflows/:id/webhooks/:trigger_id/secret`: a new secret, shown this once; the old one ends at once. */
export const webhookSecretSchema = webhookTriggerSchema.extend({ secret: z.string() });
export type WebhookSecret = z.infer<typeof webhookSecretSchema>;
