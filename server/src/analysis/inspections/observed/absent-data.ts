import { spanOf } from "../span-of.ts";
import { closeLookMax, nameOf, type Observed, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Components whose series stopped while those of others went on: silence is what a dead process sends. */
export function absentData(observed: Observed): ObservedFinding[] {
  const { incident } = observed.observations;
  const all = [...observed.seriesOf.values()].flat();
  const spoken = all.filter(({ shift }) => shift.pointsBefore >= 5);
  const silent = spoken.filter(({ shift }) => shift.pointsDuring === 0);
  // Where most fell silent it is the collector that died, which says nothing of a component.
  if (spoken.length === 0 || silent.length > spoken.length / 2) return [];
  return observed.scores.slice(0, 4 * closeLookMax).flatMap(({ component }) => {
    const own = (observed.seriesOf.get(component) ?? []).filter(({ shift }) => shift.pointsBefore >= 5);
    const gone = own.filter(({ shift }) => shift.pointsDuring === 0);
    const [first] = gone;
    if (first === undefined) return [];
    const name = nameOf(observed, component);
    const since =
      first.shift.lastAt === null
        ? ""
        : `, the last value came ${spanOf(Math.max(0, incident.to - first.shift.lastAt))} before the end`;
    return [
      findingAbout("absent_data", { kind: "component", key: component })({
        feature: "silent",
        value: gone.length / own.length,
        text: `${gone.length} of ${own.length} series of ${name} stopped${since}`,
        evidence: seriesEvidence(first, name),
        pattern: "silent",
      }),
    ];
  });
}
