import { z } from "zod";
import { hypothesisTypes } from "./incident.ts";

/** Query of `GET /api/learning`. */
export const learningQuerySchema = z.strictObject({
  project: z.string().optional(),
  weeks: z.coerce.number().int().min(1).max(104).default(12),
});

const counts = {
  /** Incidents that were investigated. */
  investigated: z.number().int(),
  /** Of these, how many had a verdict of `inconclusive`: insufficient evidence. */
  inconclusive: z.number().int(),
  /** Incidents of which people said what the cause was, or what it was not. */
  judged: z.number().int(),
  /** Of these, how many times what came first was confirmed. */
  right: z.number().int(),
  /** How many times something was blamed and people said that it was not it. */
  false_attributions: z.number().int(),
};
const share = z.number().min(0).max(1).nullable();

/** Answer of `GET /api/learning`: how right the answers were by what people said, and what was learnt from it. */
export const learningSchema = z.object({
  weeks: z.array(z.object({ from: z.iso.datetime({ offset: true }), ...counts, top1: share })),
  total: z.object({ ...counts, top1: share, false_attribution_rate: share, inconclusive_rate: share }),
  /** What is believed of causes of each kind, the strongest first; null for a service means the whole project. */
  priors: z.array(
    z.object({
      service: z.string().nullable(),
      type: z.enum(hypothesisTypes),
      pattern: z.string().nullable(),
      times_confirmed: z.number().int(),
      times_rejected: z.number().int(),
      /** Added to the log-odds of such causes, -1 to 1. */
      log_odds: z.number().min(-1).max(1),
    }),
  ),
});
export type LearningReport = z.infer<typeof learningSchema>;
