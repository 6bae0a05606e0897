import { type FeedbackInput, feedbackInputSchema } from "@culprit/contract";
import { scrubJson, scrubText, storable } from "../../../analysis/scrub/index.ts";

/** Fields that are prose or pasted output; the others are ids and words, in which nothing may change. */
const prose = new Set(["note", "summary", "reason", "note_markdown"]);

/** The event without secrets and personal data in what was written or pasted, and without what PostgreSQL refuses. */
export function scrubFeedback(event: FeedbackInput): FeedbackInput {
  const payload = Object.entries(event.payload).map(([name, value]: [string, unknown]) => [
    name,
    scrubField(name, value),
  ]);
  return feedbackInputSchema.parse({ ...event, payload: Object.fromEntries(payload) });
}

function scrubField(name: string, value: unknown): unknown {
  if (name === "metadata") return scrubJson(value, {});
  if (typeof value !== "string") return value;
  return prose.has(name) ? scrubText(value, {}) : storable(value);
}
