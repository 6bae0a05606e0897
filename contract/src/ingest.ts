import { z } from "zod";

const optionalText = (max: number) => z.string().max(max).nullish();

/**
 * A commit id as senders have it: whole, or shortened to seven digits at least. Empty where an unset variable was sent.
 * Anything else is a mistake of the sender (a placeholder, a branch) that would cost him the diagnosis in silence.
 */
const sentCommitSchema = z
  .string()
  .trim()
  .regex(/^(?:[0-9a-f]{7,40}|[0-9a-f]{64})?$/i, {
    error: ({ input }) =>
      `${JSON.stringify(String(input).slice(0, 80))} is no commit id; send 40 or 64 hex digits, or at least the first seven, or leave it out`,
  });

/** Body of `POST /api/ingest` (document 5). Unknown fields of `context` are kept as attachments, never refused. */
export const ingestInputSchema = z.object({
  /** Sender's id of this event; the same id again is counted once. */
  event_id: z
    .string()
    .regex(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i, "must be a UUID or 32 hex digits")
    .optional(),
  error: z.object({
    message: z.string().max(65_536),
    type: optionalText(255),
    stack: optionalText(262_144),
    severity: z.enum(["critical", "error", "warning", "info"]).nullish(),
  }),
  context: z
    .looseObject({
      commit_sha: sentCommitSchema.nullish(),
      deployment_id: optionalText(255),
      environment: optionalText(50),
      occurred_at: z.iso.datetime({ offset: true }).nullish(),
      service: optionalText(255),
      release: optionalText(255),
      trace_id: optionalText(64),
    })
    .default({}),
  metadata: z.record(z.string(), z.unknown()).default({}),
});
export type IngestInput = z.output<typeof ingestInputSchema>;

/** Answer of `POST /api/ingest` with status 201. */
export const ingestReplySchema = z.object({
  incident_id: z.string(),
  status: z.enum(["created", "counted"]),
});
export type IngestReply = z.infer<typeof ingestReplySchema>;
