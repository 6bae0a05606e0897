import { leadOf } from "./lead-of.ts";
import {
  closeLookMax,
  nameOf,
  type Observed,
  overviewEvidence,
  seriesEvidence,
  strengthOfComponent,
} from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/**
 * How unusual each component is by the ranking's methods, how far it leads the others, and on how many methods it stands. A lead is what
 * tells a cause from what it drags along (the separation of the top candidate, as in BARO's and PyRCA's rankings).
 */
export function unusualComponent(observed: Observed): ObservedFinding[] {
  const [top, second] = observed.scores;
  return observed.scores.slice(0, closeLookMax).flatMap((one) => {
    const strength = strengthOfComponent(one);
    const rival = one === top ? second : top;
    const lead = leadOf(one.score, rival?.score ?? 0);
    const name = nameOf(observed, one.component);
    const known = observed.seriesOf.get(one.component)?.find(({ series }) => series.id === one.seriesId);
    const evidence = known === undefined ? overviewEvidence(observed) : seriesEvidence(known, name);
    const parts = [...one.parts].sort((a, b) => b.strength - a.strength);
    const strong = parts.filter((part) => part.strength >= 0.5);
    const subject = { kind: "component", key: one.component } as const;
    const about = findingAbout("unusual_component", subject);
    const said = parts[0]?.text ?? `${name} has no value that says much`;
    return [
      about({ feature: "strength", value: strength, text: `${name}: ${said}`, evidence }),
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
      }),
      ...(strong.length >= 2
        ? [
            about({
              feature: "agreement",
              value: Math.min(1, (strong.length - 1) / 3),
              text: `${strong.length} ways of looking agree on it: ${strong
                .slice(1, 4)
                .map((part) => part.text)
                .join("; ")}`,
              evidence,
            }),
          ]
        : []),
    ];
  });
}
