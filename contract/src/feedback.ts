import { z } from "zod";
import { evidenceKinds, evidenceSources, incidentStatusSchema } from "./incident.ts";

const note = z.string().trim().min(1).max(20_000);

/** What a person, or a program in somebody's name, may move an incident to; the steps between belong to the runner. */
export const movableStatuses = ["resolved", "open", "suppressed", "triaged"] as const;

const payloads = {
  hypothesis_confirmed: z.strictObject({
    hypothesis_id: z.string().min(1).max(64),
    /** 0..1: how sure the person is. */
    confidence_override: z.number().min(0).max(1).optional(),
    note: note.optional(),
  }),
  hypothesis_rejected: z.strictObject({
    hypothesis_id: z.string().min(1).max(64),
    /** A word of the team's own, such as `wrong_service`. */
    reason_code: z
      .string()
      .max(100)
      .regex(
        /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/,
        "must be a code of small letters, digits and _, as wrong_service; a sentence is a note",
      )
      .optional(),
    note: note.optional(),
  }),
  root_cause_set: z
    .strictObject({
      root_cause_kind: z.enum(["hypothesis", "other", "unknown"]),
      hypothesis_id: z.string().min(1).max(64).optional(),
      summary: note.optional(),
    })
    .refine((payload) => (payload.root_cause_kind === "hypothesis") === (payload.hypothesis_id !== undefined), {
      message: "goes with root_cause_kind hypothesis, and with no other",
      path: ["hypothesis_id"],
    }),
  incident_status_changed: z.strictObject({
    /** Where the sender saw it; if it has moved meanwhile, the change is refused. */
    from: incidentStatusSchema,
    to: z.enum(movableStatuses),
    reason: note.optional(),
  }),
  human_note_added: z.strictObject({ note_markdown: note }),
  evidence_attached: z.strictObject({
    kind: z.enum(evidenceKinds),
    source: z.enum(evidenceSources),
    /** A URL, a query, an object key. */
    ref: z.string().trim().min(1).max(2048),
    metadata: z.record(z.string().max(255), z.unknown()).default({}),
  }),
  identity_mapping_corrected: z
    .strictObject({
      /** cluster/namespace/service */
      service_key: z
        .string()
        .max(767)
        .regex(/^[^/]+\/[^/]*\/[^/]+$/, "must be cluster/namespace/service")
        .optional(),
      deployment_event_id: z.string().min(1).max(64).optional(),
      revision: z.string().trim().min(1).max(255).optional(),
    })
    .refine((payload) => Object.values(payload).some((value) => value !== undefined), {
      message: "names neither service_key nor deployment_event_id nor revision",
    }),
} as const;

export type FeedbackEventType = keyof typeof payloads;

function withType<T extends FeedbackEventType>(type: T) {
  return z.strictObject({ event_type: z.literal(type), payload: payloads[type] });
}

/** Body of `POST /api/incidents/:id/feedback` (document 4): what somebody who knows says about an incident. */
export const feedbackInputSchema = z.discriminatedUnion("event_type", [
  withType("hypothesis_confirmed"),
  withType("hypothesis_rejected"),
  withType("root_cause_set"),
  withType("incident_status_changed"),
  withType("human_note_added"),
  withType("evidence_attached"),
  withType("identity_mapping_corrected"),
]);
export type FeedbackInput = z.output<typeof feedbackInputSchema>;

export const actorTypes = ["user", "system", "integration"] as const;
export type ActorType = (typeof actorTypes)[number];

/** One entry of the log, which is only ever appended to. */
export const feedbackEventSchema = z.object({
  id: z.string(),
  created_at: z.iso.datetime({ offset: true }),
  actor_type: z.enum(actorTypes),
  actor_id: z.string().nullable(),
  /** Who it was, in words for people. */
  actor: z.string(),
  event_type: z.enum(Object.keys(payloads) as [FeedbackEventType, ...FeedbackEventType[]]),
  /** As it was sent, with public ids; of attached evidence also its `evidence_id`. */
  payload: z.record(z.string(), z.unknown()),
});
export type FeedbackEvent = z.infer<typeof feedbackEventSchema>;

/** Answer of `GET /api/incidents/:id/feedback`, oldest first. */
export const feedbackListSchema = z.object({ events: z.array(feedbackEventSchema) });
export type FeedbackList = z.infer<typeof feedbackListSchema>;
