import { z } from "zod";
import { listOf, listQuery } from "./list.ts";
import { executionDeliverySchema } from "./workflow-api.ts";

/** The API of integrations: what they are, how they fare, what came in and went out, and the switch that stops all of it. */

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().min(0);
const jsonObject = z.record(z.string(), z.unknown());

/** One entry of `GET /api/integration-types`: the form is made of the two JSON Schemas. */
export const integrationTypeSchema = z.object({
  type: z.string(),
  title: z.string(),
  /** What it is for and where to get what the form asks. */
  help: z.string(),
  config: jsonObject,
  /** Every field is a secret: sent once, never given back. */
  credentials: jsonObject,
  is_incoming: z.boolean(),
  is_outgoing: z.boolean(),
  has_tickets: z.boolean(),
});
export type IntegrationTypeDescription = z.infer<typeof integrationTypeSchema>;
export const integrationTypeListSchema = z.object({ items: z.array(integrationTypeSchema), next_cursor: z.null() });
export type IntegrationTypeList = z.infer<typeof integrationTypeListSchema>;

export const healthStatuses = ["healthy", "degraded", "unhealthy", "unknown"] as const;

export const integrationSummarySchema = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  type: z.string(),
  /** The type in words. */
  title: z.string(),
  is_enabled: z.boolean(),
  health_status: z.enum(healthStatuses),
  /** What the last check found, with the remedy. */
  health_reason: z.string().nullable(),
  last_health_check: instant.nullable(),
  /** To whom its messages go, without secrets; null where it sends none. */
  recipient: z.string().nullable(),
  created_by: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
});
export type IntegrationSummary = z.infer<typeof integrationSummarySchema>;

/** Query of `GET /api/integrations`, by name. */
export const integrationListQuerySchema = z.strictObject({ ...listQuery, type: z.string().max(100).optional() });
export const integrationListSchema = listOf(integrationSummarySchema);
export type IntegrationList = z.infer<typeof integrationListSchema>;

/** Answer of `GET /api/integrations/:id`, of a change and of `…/check`. */
export const integrationDetailSchema = integrationSummarySchema.extend({
  config: jsonObject,
  has_credentials: z.boolean(),
  /** Where the vendor sends its webhooks; null where it sends none. */
  webhook_url: z.string().nullable(),
  inbox: z.object({ pending: count, failed: count }),
  /** Requests to `webhook_url` whose signature was wrong; none of them was stored. */
  rejected_count: count,
  last_rejected_at: instant.nullable(),
});
export type IntegrationDetail = z.infer<typeof integrationDetailSchema>;

const name = z.string().trim().min(1).max(255);
/** Body of `POST /api/integrations`; `config` and `credentials` as the type's JSON Schemas say. */
export const integrationInputSchema = z.strictObject({
  type: z.string().min(1).max(100),
  name,
  config: jsonObject.default({}),
  credentials: jsonObject.optional(),
});
export type IntegrationInput = z.input<typeof integrationInputSchema>;

/** Body of `PATCH /api/integrations/:id`. `config` replaces the whole; credentials that are left out stay. */
export const integrationPatchSchema = z
  .strictObject({
    name: name.optional(),
    is_enabled: z.boolean().optional(),
    config: jsonObject.optional(),
    credentials: jsonObject.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), "changes nothing");
export type IntegrationPatch = z.input<typeof integrationPatchSchema>;

export const integrationEventStatuses = ["pending", "processing", "completed", "failed", "ignored"] as const;

/** One delivery of a vendor to Culprit. */
export const integrationEventSummarySchema = z.object({
  id: z.string(),
  project_id: z.string(),
  integration_id: z.string(),
  integration_name: z.string(),
  /** In the vendor's words. */
  event_type: z.string(),
  /** The vendor's id of the delivery; the same one again is no second event. */
  delivery_id: z.string().nullable(),
  subject: z.string().nullable(),
  /** `failed`: given up after `retry_count` tries; `POST …/replay` takes it up again. */
  status: z.enum(integrationEventStatuses),
  /** Why it failed or was ignored. */
  reason: z.string().nullable(),
  retry_count: count,
  /** When a pending one may be tried. */
  available_at: instant,
  created_at: instant,
  processed_at: instant.nullable(),
});
export type IntegrationEventSummary = z.infer<typeof integrationEventSummarySchema>;

/** Query of `GET /api/integration-events`, newest first. */
export const integrationEventListQuerySchema = z.strictObject({
  ...listQuery,
  integration: z.string().optional(),
  status: z.enum(integrationEventStatuses).optional(),
});
export const integrationEventListSchema = listOf(integrationEventSummarySchema);
export type IntegrationEventList = z.infer<typeof integrationEventListSchema>;

/** Answer of `GET /api/integration-events/:id` and of `…/replay`. */
export const integrationEventDetailSchema = integrationEventSummarySchema.extend({
  payload: jsonObject,
  headers: z.record(z.string(), z.string()),
  /** The events it became, for `GET /api/events/:id`. */
  event_ids: z.array(z.string()),
});
export type IntegrationEventDetail = z.infer<typeof integrationEventDetailSchema>;

/** Something Culprit did to the world outside, or tried to; an execution's detail shows its own. */
export const deliverySchema = executionDeliverySchema.extend({
  project_id: z.string(),
  execution_id: z.string().nullable(),
  incident_id: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Query of `GET /api/deliveries`, newest first. `GET /api/deliveries/:id` gives one. */
export const deliveryListQuerySchema = z.strictObject({
  ...listQuery,
  integration: z.string().optional(),
  incident: z.string().optional(),
  status: executionDeliverySchema.shape.status.optional(),
});
export const deliveryListSchema = listOf(deliverySchema);
export type DeliveryList = z.infer<typeof deliveryListSchema>;

/** A hands-off switch: while one stands that covers it, nothing goes out. */
export const handsOffSchema = z.object({
  id: z.string(),
  /** Null: all of Culprit. */
  project_id: z.string().nullable(),
  /** Null: all of the project. */
  service: z.string().nullable(),
  reason: z.string(),
  set_by: z.string(),
  set_at: instant,
  cleared_by: z.string().nullable(),
  cleared_at: instant.nullable(),
});
export type HandsOff = z.infer<typeof handsOffSchema>;

/** Query of `GET /api/hands-off`: those that stand first, then those that ended, newest first. */
export const handsOffListQuerySchema = z.strictObject({
  ...listQuery,
  state: z.enum(["standing", "all"]).default("standing"),
});
export const handsOffListSchema = listOf(handsOffSchema);
export type HandsOffList = z.infer<typeof handsOffListSchema>;

/** Body of `PUT /api/hands-off`: without a project all of Culprit, which only a signed-in person may stop. */
export const handsOffInputSchema = z
  .strictObject({
    project: z.string().optional(),
    service: z.string().trim().min(1).max(255).optional(),
    reason: z.string().trim().min(1).max(2000),
  })
  .refine(({ project, service }) => service === undefined || project !== undefined, {
    error: "needs the project of the service",
    path: ["project"],
  });
export type HandsOffInput = z.input<typeof handsOffInputSchema>;
/** Query of `DELETE /api/hands-off`. */
export const handsOffClearQuerySchema = z.object({ project: z.string().optional(), service: z.string().optional() });

const login = z.string().trim().min(1).max(100);

/**
 * Answer of `GET /api/integrations/:id/comment-filter` and body of `PUT`: whose comments are heard, as an integration's setting `comment_filter`. Logins are compared without case. Bots are never
 * answered, and who may not write to the repository commands nothing, whatever stands here.
 */
export const commentFilterSchema = z.strictObject({
  allow: z.array(login).max(1000).default([]).describe("Where it is not empty, only these are heard"),
  deny: z.array(login).max(1000).default([]).describe("Never heard; goes before allow"),
  auto_add: z.boolean().default(false).describe("Who may command and does so for the first time is added to allow"),
  auto_reply: z.boolean().default(false).describe("Those who were added are told so"),
  auto_reply_message: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .default("You were added to those whose commands Culprit takes.")
    .describe("What they are told"),
});
export type CommentFilter = z.infer<typeof commentFilterSchema>;
