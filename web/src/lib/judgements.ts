import type { FeedbackEvent } from "@culprit/contract";

export interface Judgement {
  readonly verdict: "confirmed" | "rejected";
  /** Who said so. */
  readonly actor: string;
}

/** What was last said of each hypothesis, by its id. A later word takes an earlier one back. */
export function judgementsOf(events: readonly FeedbackEvent[]): ReadonlyMap<string, Judgement> {
  const judgements = new Map<string, Judgement>();
  for (const { event_type, payload, actor } of events) {
    const id = payload.hypothesis_id;
    if (typeof id !== "string") continue;
    if (event_type === "hypothesis_rejected") judgements.set(id, { verdict: "rejected", actor });
    // A cause that is set to a hypothesis confirms it.
    else judgements.set(id, { verdict: "confirmed", actor });
  }
  return judgements;
}
