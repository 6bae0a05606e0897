import { stepOf } from "./change-proximity.ts";
import { closeLookMax, nameOf, type Observed, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { figure, strengthOf } from "./series-shift.ts";

/**
 * What a component says of itself besides calls and resources: a cache's hits, a queue's depth, pauses of its memory's clean-up. It moved at the beginning of the trouble, so
 * it may be what began it.
 */
export function ownMeasures(observed: Observed): ObservedFinding[] {
  const step = stepOf(observed);
  return observed.scores.slice(0, closeLookMax).flatMap(({ component }) => {
    const [worst] = (observed.seriesOf.get(component) ?? [])
      .filter(({ series, harm, shift }) => series.measure === "other" && harm > 4 && shift.onsetAt !== null)
      .sort((a, b) => b.harm - a.harm);
    if (worst === undefined || worst.shift.onsetAt === null) return [];
    const late = Math.max(0, worst.shift.onsetAt - observed.onsetAt);
    const name = nameOf(observed, component);
    const kind = observed.componentOf.get(component)?.kind;
    return [
      findingAbout("own_measures", { kind: "component", key: component })({
        feature: kind === "service" || kind === "host" ? "own_measure" : "store_measure",
        value: strengthOf(worst.harm) * Math.exp(-late / Math.max(2 * step, 45_000)),
        text: `${worst.series.metric} of ${name} went from ${figure(worst.shift.before)} to ${figure(worst.shift.during)}`,
        evidence: seriesEvidence(worst, name),
      }),
    ];
  });
}
