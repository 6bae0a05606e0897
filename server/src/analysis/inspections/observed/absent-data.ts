import { closeLookMax, nameOf, type Observed, overviewEvidence, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Components whose series stopped while those of others went on (`scoreSilence`): silence is what a dead process sends. */
export function absentData(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(0, 4 * closeLookMax).flatMap(({ component, parts }) => {
    const silence = parts.find(({ method }) => method === "missing_data");
    if (silence === undefined) return [];
    const name = nameOf(observed, component);
    const gone = observed.seriesOf.get(component)?.find(({ series }) => series.ref === silence.ref);
    return [
      findingAbout("absent_data", { kind: "component", key: component })({
        feature: "silent",
        value: silence.strength,
        text: `${name}: ${silence.text}`,
        evidence: gone === undefined ? overviewEvidence(observed) : seriesEvidence(gone, name),
        pattern: "silent",
      }),
    ];
  });
}
