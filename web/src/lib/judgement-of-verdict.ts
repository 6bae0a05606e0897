import type { FeedbackEvent } from "@culprit/contract";
import type { Judgement } from "./judgements.ts";

/** The verdict that people speak about: its first hypothesis, and when the newest report was written. */
interface Answer {
  readonly leadingId: string;
  readonly reportedAt: string;
}

/**
 * What was last said of the answer as it stands, or null. To rule out its first hypothesis disputes it, and so does to
 * set another cause; what was said of an earlier answer counts no more, since each answer has hypotheses of its own.
 */
export function judgementOfVerdict(events: readonly FeedbackEvent[], answer: Answer): Judgement | null {
  const said = events.flatMap((event) => {
    const verdict = judge(event, answer);
    return verdict === null ? [] : [{ verdict, actor: event.actor }];
  });
  return said.at(-1) ?? null;
}

function judge({ event_type, payload, created_at }: FeedbackEvent, answer: Answer): Judgement["verdict"] | null {
  const isLeading = payload.hypothesis_id === answer.leadingId;
  if (event_type === "hypothesis_rejected") return isLeading ? "rejected" : null;
  if (event_type === "hypothesis_confirmed") return isLeading ? "confirmed" : null;
  if (event_type !== "root_cause_set") return null;
  if (isLeading) return "confirmed";
  return Date.parse(created_at) >= Date.parse(answer.reportedAt) ? "rejected" : null;
}
