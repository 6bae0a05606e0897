import type { Finding } from "../inspections/finding.ts";
import type { RankedHypothesis } from "../ranking/rank-hypotheses.ts";
import { evidenceDigest } from "./evidence-digest.ts";
import type { Learned } from "./learned.ts";
import { namedCause } from "./named-cause.ts";

/**
 * Puts hypotheses into the order that people's words ask for: the cause that they named in their own words, or what they confirmed, first, as sure as they are; then by
 * confidence; what was ruled out below all that was not. Where everything was ruled out, that no cause is known comes first, with their words as its reasons.
 */
export function heedPeople(hypotheses: readonly RankedHypothesis[], learned: Learned): RankedHypothesis[] {
  const isOut = (one: RankedHypothesis) => one.word?.standing === "ruled_out";
  const place = (one: RankedHypothesis) => (one.word?.standing === "confirmed" ? 0 : isOut(one) ? 2 : 1);
  const sorted = hypotheses
    .map((one) => (one.word?.standing === "confirmed" ? { ...one, confidence: one.word.sureness } : one))
    // Equals stay in the order that they came in.
    .sort((a, b) => place(a) - place(b) || b.confidence - a.confidence);
  const named = namedCause(learned);
  // Beside a cause that somebody knows, that none is known is no alternative.
  if (named !== null)
    return [named, ...sorted.filter(({ subject, type }) => subject.kind !== "unknown" || type !== "unknown")];
  if (sorted.length === 0 || !sorted.every(isOut)) return sorted;
  return [nothingLeft(sorted.flatMap(({ word }) => word?.finding ?? [])), ...sorted];
}

function nothingLeft(words: readonly Finding[]): RankedHypothesis {
  return {
    subject: { kind: "unknown" },
    type: "unknown",
    title: "The cause is not known",
    confidence: 0,
    for: words.map((one) => ({ ...one, subject: { kind: "unknown" }, weight: 0 })),
    against: [],
    advice: "Say what else changed at that time, or set the root cause once it is known.",
    falsification: "Wrong if one of the causes that were ruled out is confirmed after all.",
    component: null,
    pattern: null,
    digest: evidenceDigest([]),
    word: null,
  };
}
