import { closeLookMax, nameOf, type Observed, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Components whose trouble was over well before the end: a restart, a deployment that warmed up, a hiccup. What people are called for goes on. */
export function passing(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(0, closeLookMax).flatMap(({ component }) => {
    const own = (observed.seriesOf.get(component) ?? []).filter(
      ({ harm, shift }) => harm > 4 && shift.pointsDuring >= 6,
    );
    if (own.length === 0) return [];
    const over = own.filter(({ shift }) => Math.abs(shift.lateZ) < 2.5);
    const [first] = over;
    if (first === undefined || over.length < own.length) return [];
    const name = nameOf(observed, component);
    return [
      findingAbout("passing", { kind: "component", key: component })({
        feature: "passing",
        value: 1,
        text: `${name} was back to its usual before the end`,
        evidence: seriesEvidence(first, name),
      }),
    ];
  });
}
