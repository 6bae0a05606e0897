import type { ObservedChange } from "../../observations/observations.ts";
import { spanOf } from "../span-of.ts";
import { isGhost, onsetFor } from "./change-proximity.ts";
import { isNovel, patternOfWords } from "./log-words.ts";
import { changeEvidence, nameOf, type Observed, subjectOfChange } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** A release that breaks what is asked all the time does so within minutes: warm-up, caches that run out, a roll-out instance by instance. */
const graceMs = 4 * 60_000;
const fadeMs = 8 * 60_000;
/** A change that is older is not suspected by its time at all. */
const reachMs = 6 * 3_600_000;
/** Words of log lines: what fails by itself may be rarely run, and memory fills up over time. */
const lateByNature: ReadonlySet<string> = new Set(["defect", "out_of_memory"]);
/** So many values of its calls between the change and the trouble say that it served. */
const valuesMin = 5;

/**
 * Releases after which the component went on to answer as before, until the trouble began minutes or hours later. It speaks against them, unless something explains the delay: code
 * that fails by itself may lie on a path that is rarely taken, an operation may have been asked for the first time, memory may have filled up meanwhile.
 */
export function servedWell(observed: Observed): ObservedFinding[] {
  return observed.observations.changes.flatMap((change): ObservedFinding[] => {
    const { component } = change;
    if (component === null || isGhost(change)) return [];
    const lagMs = onsetFor(observed, change) - change.at;
    if (lagMs <= graceMs || lagMs > reachMs) return [];
    if (!isServing(observed, component, change) || isLateByNature(observed, component)) return [];
    return [
      findingAbout(
        "served_well",
        subjectOfChange(observed.world, change),
      )({
        feature: "change_served",
        value: 1 - Math.exp(-(lagMs - graceMs) / fadeMs),
        text: `${nameOf(observed, component)} served ${spanOf(lagMs)} with ${change.title} before the trouble began there`,
        evidence: changeEvidence(change),
      }),
    ];
  });
}

/** Whether its calls were measured between the change and the trouble, which began by a series of its own. */
function isServing(observed: Observed, component: string, change: ObservedChange): boolean {
  const onsetAt = observed.onsetOf.get(component);
  if (onsetAt === undefined) return false;
  const calls = (observed.seriesOf.get(component) ?? []).filter(
    ({ series }) => series.callee === null && ["traffic", "latency", "errors", "availability"].includes(series.measure),
  );
  return calls.some(({ series }) => {
    let count = 0;
    for (const [at, time] of series.times.entries())
      if (time >= change.at && time < onsetAt && Number.isFinite(series.values[at])) count += 1;
    return count >= valuesMin;
  });
}

/** Whether what is seen of a component explains why a bad release would have been found late. */
function isLateByNature(observed: Observed, component: string): boolean {
  const { logs, operations } = observed.observations;
  return (
    logs.some((log) => log.component === component && isNovel(log) && lateByNature.has(patternOfWords(log) ?? "")) ||
    operations.some(
      (one) =>
        one.component === component &&
        one.baseline.perMinute === 0 &&
        one.incident.perMinute > 0 &&
        one.incident.errorShare > 0.1,
    )
  );
}
