import { deviationsText } from "../../ranking/components/describe-score.ts";
import { closeLookMax, nameOf, type Observed, seriesEvidence, strengthOfComponent } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/**
 * Components beside the one that stands out that were measured and whose own values all stayed within the usual: whoever is healthy is not the
 * cause.
 */
export function ownHealth(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(1, closeLookMax).flatMap(({ component }) => {
    const own = (observed.seriesOf.get(component) ?? []).filter(
      ({ series, shift }) => series.callee === null && shift.pointsBefore >= 5 && shift.pointsDuring >= 3,
    );
    if (own.length < 3 || strengthOfComponent(observed.scoreOf.get(component)) >= 0.3) return [];
    const worst = [...own].sort((a, b) => b.harm - a.harm)[0];
    if (worst === undefined || worst.harm > 3.5) return [];
    return [
      findingAbout("own_health", { kind: "component", key: component })({
        feature: "healthy",
        value: 1,
        text: `all ${own.length} series of ${nameOf(observed, component)} stayed within the usual; ${worst.series.metric} moved most, by ${deviationsText(worst.harm)}`,
        evidence: seriesEvidence(worst, nameOf(observed, component)),
      }),
    ];
  });
}
