import { spanOf } from "../span-of.ts";
import { stepOf } from "./change-proximity.ts";
import { nameOf, type Observed, overviewEvidence, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Who was in trouble first: an effect does not come before its cause. Counted in steps of the series, because finer it is not known. */
export function firstOnset(observed: Observed): ObservedFinding[] {
  const step = stepOf(observed);
  const all = [...observed.onsetOf.values()];
  return [...observed.onsetOf].map(([component, at]) => {
    const shown = observed.onsetSeriesOf.get(component);
    const before = all.filter((other) => other < at - step / 4).length;
    const late = Math.max(0, at - observed.onsetAt);
    return findingAbout("first_onset", { kind: "component", key: component })({
      feature: observed.spread > 0.25 ? "first_wide" : "first",
      value: 0.5 * Math.exp(-late / Math.max(2 * step, 45_000)) + 0.5 / (1 + before / 2),
      text:
        late <= step
          ? `${nameOf(observed, component)} was among the first in trouble`
          : `${nameOf(observed, component)} was in trouble ${spanOf(late)} after the first`,
      evidence:
        shown === undefined
          ? overviewEvidence(observed)
          : seriesEvidence(shown, nameOf(observed, shown.series.component)),
    });
  });
}
