import { strengthOfSurprise } from "../../detection/surprise.ts";
import type { ScorePart } from "../../observations/component-score.ts";
import type { BrokenSequence } from "../../observations/observations.ts";
import type { Modality } from "./modality.ts";

/** What chance brings among some thousand pairs of events. */
const CHANCE = 6;
/** A call that is not made may be another one's fault: what was asked before failed, or had another answer. */
const CALLS = 0.4;

/**
 * Components whose operations break off: what always followed no longer does, as after an exception that somebody swallows or that ends the work in the middle. The more
 * of the spans break since it began, the stronger.
 */
export const brokenOff: Modality = (observations) => {
  const parts = new Map<string, ScorePart>();
  for (const sequence of observations.brokenSequences ?? []) {
    const { component, kind, surprise, ref } = sequence;
    const strength = (kind === "call" ? CALLS : 1) * brokenShare(sequence) * strengthOfSurprise(surprise, CHANCE);
    if (strength > (parts.get(component)?.strength ?? 0))
      parts.set(component, { method: "operation_sequences", strength, text: describe(sequence), ref });
  }
  return parts;
};

function brokenShare({ incidentSpans, incidentCount }: BrokenSequence): number {
  return incidentSpans === 0 ? 0 : 1 - incidentCount / incidentSpans;
}

function describe(sequence: BrokenSequence): string {
  const { operation, after, missing, kind, baselineCount, baselineSpans, incidentCount, incidentSpans } = sequence;
  const what = kind === "call" ? `the call of ${cut(missing)}` : missing === "any line" ? missing : `“${cut(missing)}”`;
  const rule = after === null ? "" : ` as often as “${cut(after)}”`;
  return `Breaks off in ${operation}: ${what} came${rule} in ${baselineCount} of ${baselineSpans} of its spans before, in ${incidentCount} of ${incidentSpans} since`;
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
