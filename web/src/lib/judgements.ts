import type { Evidence, FeedbackEvent, Hypothesis } from "@culprit/contract";

export interface Judgement {
  readonly verdict: "confirmed" | "rejected";
  /** Who said so. */
  readonly actor: string;
}

/** An answer, as far as it cites what people said of the ones before. */
interface Answer {
  readonly hypotheses: readonly Hypothesis[];
  readonly evidence: readonly Evidence[];
}

/**
 * What was last said of each hypothesis, by its id. A later word takes an earlier one back. What was said of the same conclusion in an earlier answer is an
 * argument of this one, with the entry of the log as its evidence, and stands until something is said of this one.
 */
export function judgementsOf(events: readonly FeedbackEvent[], answer: Answer): ReadonlyMap<string, Judgement> {
  const judgements = carriedOver(events, answer);
  for (const { event_type, payload, actor } of events) {
    const id = payload.hypothesis_id;
    if (typeof id !== "string") continue;
    if (event_type === "hypothesis_rejected") judgements.set(id, { verdict: "rejected", actor });
    // A cause that is set to a hypothesis confirms it.
    else judgements.set(id, { verdict: "confirmed", actor });
  }
  return judgements;
}

function carriedOver(events: readonly FeedbackEvent[], { hypotheses, evidence }: Answer): Map<string, Judgement> {
  const actorOf = new Map(events.map(({ id, actor }) => [`feedback:${id}`, actor]));
  const saidIn = new Map(evidence.map(({ id, ref }) => [id, actorOf.get(ref)]));
  const judgements = new Map<string, Judgement>();
  for (const { id, type, component, ...sides } of hypotheses) {
    // That nothing is known rests on what was ruled out, and is not confirmed by it.
    if (type === "unknown" && component === null) continue;
    for (const [side, verdict] of [["for", "confirmed"] as const, ["against", "rejected"] as const])
      for (const { evidence_id } of sides[side]) {
        const actor = saidIn.get(evidence_id);
        if (actor !== undefined) judgements.set(id, { verdict, actor });
      }
  }
  return judgements;
}
