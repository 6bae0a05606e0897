import {
  closeLookMax,
  nameOf,
  type Observed,
  type ShiftedSeries,
  seriesEvidence,
  strengthOfComponent,
  unusualMin,
} from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { scoreEvidence } from "./part-evidence.ts";
import { figure, strengthOf } from "./series-shift.ts";

/**
 * Trouble of what others call: a component whose callees are in trouble themselves, before or with it, suffers rather than causes (conditional
 * anomaly along the call graph, as in CIRCA, Li et al. 2022), and calls to something that is slow or failing speak for that something.
 */
export function dependencyTrouble(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(0, closeLookMax).flatMap((one): ObservedFinding[] => {
    const name = nameOf(observed, one.component);
    const about = findingAbout("dependency_trouble", { kind: "component", key: one.component });
    const findings: ObservedFinding[] = [];
    const troubled = (observed.calleesOf.get(one.component) ?? [])
      .map((key) => observed.scoreOf.get(key))
      .filter((callee) => callee !== undefined)
      .filter(
        (callee) =>
          strengthOfComponent(callee) >= unusualMin &&
          callee.score >= one.score &&
          (observed.onsetOf.get(callee.component) ?? 0) <= (observed.onsetOf.get(one.component) ?? Infinity) + 60_000,
      )
      .sort((a, b) => b.score - a.score);
    const [worst] = troubled;
    if (worst !== undefined)
      findings.push(
        about({
          feature: "callee_troubled",
          value: strengthOfComponent(worst),
          text: `${nameOf(observed, worst.component)}, which ${name} calls, is in trouble itself and was not later`,
          evidence: scoreEvidence(observed, worst),
        }),
      );
    const calls = callsTo(observed, one.component);
    if (calls !== null)
      findings.push(
        about({
          feature: "calls_troubled",
          value: strengthOf(calls.harm),
          text: `calls of ${nameOf(observed, calls.series.component)} to ${name}: ${calls.series.metric} went from ${figure(calls.shift.before)} to ${figure(calls.shift.during)}`,
          evidence: seriesEvidence(calls, nameOf(observed, calls.series.component)),
        }),
      );
    return findings;
  });
}

/** The series of calls to a component that got worst, or null. */
function callsTo(observed: Observed, key: string): ShiftedSeries | null {
  return (
    (observed.callersOf.get(key) ?? [])
      .flatMap((caller) => observed.seriesOf.get(caller) ?? [])
      .filter(({ series, harm }) => series.callee === key && series.measure !== "traffic" && harm > 3)
      .sort((a, b) => b.harm - a.harm)[0] ?? null
  );
}
