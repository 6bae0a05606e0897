import { subjectKey } from "../../inspections/finding.ts";
import { nameOf, type Observed } from "../../inspections/observed/observed.ts";
import type { ObservedChange } from "../../observations/observations.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";

/** From these robust standard deviations on a series is in trouble. */
const harmMin = 4;
/** So long it must be known what came after: what is stopped fails in the moment in which it stops. */
const watchedMs = 3 * 60_000;

/**
 * What a rollback brings had run before, and it is mostly made because of trouble: it is blamed only where trouble is seen to go on well after it.
 */
export const wentBack: CriticRule = ({ observed, ranked }) =>
  ranked.flatMap(({ subject, change, component }) =>
    change?.kind !== "rollback" || goesOn(observed, change, component)
      ? []
      : [
          {
            rule: "went_back",
            subject: subjectKey(subject),
            effect: "downgraded" as const,
            confidenceMax: unlikelyMax,
            text: `it goes back to what had run before${component === null ? "" : ` at ${nameOf(observed, component)}`}, and no trouble is seen to go on after it`,
            missing: null,
            proposes: null,
          },
        ],
  );

/** Whether a series about the component is in trouble, and still was in the last third, which came after the change. */
function goesOn({ observations, seriesOf }: Observed, change: ObservedChange, component: string | null): boolean {
  const { from, to } = observations.incident;
  const lateFrom = to - (to - from) / 3;
  if (change.at > lateFrom || to - Math.max(from, change.at) < watchedMs) return false;
  return [...seriesOf.values()]
    .flat()
    .some(
      ({ series, shift, harm }) =>
        (component === null || (series.callee ?? series.component) === component) &&
        harm >= harmMin &&
        Math.abs(shift.lateZ) >= harmMin,
    );
}
