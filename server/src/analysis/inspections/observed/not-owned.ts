import { closeLookMax, nameOf, type Observed, overviewEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Components that others run: their fault can't be mended here, only lived with at the caller. */
export function notOwned(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(0, closeLookMax).flatMap(({ component }) => {
    if (observed.componentOf.get(component)?.isOwned !== false) return [];
    const callers = (observed.callersOf.get(component) ?? []).map((key) => nameOf(observed, key));
    return [
      findingAbout("not_owned", { kind: "component", key: component })({
        feature: "not_owned",
        value: 1,
        text: `${nameOf(observed, component)} is run by others${callers.length === 0 ? "" : `; ${callers.slice(0, 3).join(", ")} ${callers.length === 1 ? "calls" : "call"} it`}`,
        evidence: overviewEvidence(observed),
        cause: "dependency",
        pattern: "not_owned",
      }),
    ];
  });
}
