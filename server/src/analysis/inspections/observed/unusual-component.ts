import type { ScorePart } from "../../observations/component-score.ts";
import type { EvidenceDraft } from "../finding.ts";
import { leadOf } from "./lead-of.ts";
import { closeLookMax, nameOf, type Observed, overviewEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { isOfMissingLines, partEvidence, partText } from "./part-evidence.ts";

/** Below that a score is shown as 0.00. */
const shownMin = 0.005;
/** From this strength on another part is told in the place of missing lines. */
const toldMin = 0.3;

/**
 * How unusual each component is by the ranking's methods, how far it leads the others, and on how many methods it stands. A lead is what
 * tells a cause from what it drags along (the separation of the top candidate, as in BARO's and PyRCA's rankings).
 */
export function unusualComponent(observed: Observed): ObservedFinding[] {
  const [top, second] = observed.scores;
  return observed.scores.slice(0, closeLookMax).flatMap((one) => {
    const rival = one === top ? second : top;
    const lead = leadOf(one.score, rival?.score ?? 0);
    const name = nameOf(observed, one.component);
    // That its series stopped is weighed by `absentData`; one sight counts once.
    const parts = one.parts.filter(({ method }) => method !== "missing_data").sort((a, b) => b.strength - a.strength);
    const [strongest] = parts;
    // Said is what was measured: that lines are missing, only where nothing else moved.
    const told =
      strongest !== undefined && isOfMissingLines(observed, strongest)
        ? (parts.find((part) => part.strength >= toldMin && !isOfMissingLines(observed, part)) ?? strongest)
        : strongest;
    const strong = parts.filter((part) => part.strength >= 0.5);
    const subject = { kind: "component", key: one.component } as const;
    const about = findingAbout("unusual_component", subject);
    return [
      ...(strongest === undefined || told === undefined
        ? []
        : [
            about({
              feature: "strength",
              value: strongest.strength,
              text: `${name}: ${partText(observed, told)}`,
              evidence: partEvidence(observed, told),
            }),
          ]),
      about({
        feature: observed.spread > 0.25 ? "lead_wide" : "lead",
        value: lead,
        text:
          rival === undefined
            ? `nothing else was measured`
            : lead >= 0
              ? `it stands out before ${nameOf(observed, rival.component)} (${one.score.toFixed(2)} to ${rival.score.toFixed(2)})`
              : `${nameOf(observed, rival.component)} stands out before it (${rival.score.toFixed(2)} to ${one.score.toFixed(2)})`,
        evidence: overviewEvidence(observed),
        ...(Math.max(one.score, rival?.score ?? 0) < shownMin ? { isUnsaid: true } : {}),
      }),
      ...(strong.length >= 2 && told !== undefined
        ? [
            about({
              feature: "agreement",
              value: Math.min(1, (strong.length - 1) / 3),
              ...agreementOf(observed, strong, told),
            }),
          ]
        : []),
    ];
  });
}

/** What the ways of looking beside the one that is `said` say, each sentence once, with what each of them was read from. */
function agreementOf(
  observed: Observed,
  strong: readonly ScorePart[],
  said: ScorePart,
): { text: string; evidence: EvidenceDraft } {
  const all = [...new Map(strong.map((part) => [part.text, part])).values()];
  const others = all
    .filter(({ text }) => text !== said.text)
    .sort((a, b) => Number(isOfMissingLines(observed, a)) - Number(isOfMissingLines(observed, b)));
  const told = others.length === 0 ? [said] : others.slice(0, 3);
  const read = [...new Map(told.map((part) => [part.ref, partEvidence(observed, part)])).values()];
  const [lead = overviewEvidence(observed)] = read;
  return {
    text: `${strong.length} ways of looking agree on it: ${told.map((part) => partText(observed, part)).join("; ")}`,
    evidence: {
      ...lead,
      snapshot: read
        .map(({ title, ref, snapshot }, at) => (at === 0 ? snapshot : `${title} [${ref}]\n${snapshot}`))
        .join("\n\n"),
    },
  };
}
