import { nameOf, type Observed, overviewEvidence, type ShiftedSeries, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { strengthOf } from "./series-shift.ts";

/**
 * What speaks for "nothing that is measured here is the cause": nothing is unusual, the place where trouble was noticed behaves as before, or it was
 * over before the window ended.
 */
export function wholePicture(observed: Observed): ObservedFinding[] {
  const about = findingAbout("whole_picture", { kind: "unknown" });
  const findings = [
    about({
      feature: "calm",
      value: 1 - observed.strengthMax,
      text:
        observed.strengthMax < 0.5
          ? "nothing that was measured is clearly unusual"
          : `the most unusual component is so by ${Math.round(100 * observed.strengthMax)} of 100`,
      evidence: overviewEvidence(observed),
    }),
  ];
  const target = targetSeries(observed);
  if (target !== null) {
    const name = nameOf(observed, target.series.component);
    findings.push(
      about({
        feature: "target_steady",
        value: 1 - strengthOf(target.harm),
        text:
          target.harm < 3
            ? `${target.series.metric} of ${name}, where trouble was noticed, behaves as before`
            : `${target.series.metric} of ${name} moved by ${target.harm.toFixed(1)} robust standard deviations`,
        evidence: seriesEvidence(target, name),
      }),
    );
    if (target.harm > 4 && Math.abs(target.shift.lateZ) < 2)
      findings.push(
        about({
          feature: "recovered",
          value: 1,
          text: `${target.series.metric} of ${name} was back to its usual level before the end`,
          evidence: seriesEvidence(target, name),
        }),
      );
  }
  return findings;
}

/** The series where the trouble was noticed, or the worst of its component. */
export function targetSeries(observed: Observed): ShiftedSeries | null {
  const { target } = observed.observations;
  if (target === null) return null;
  const own = observed.seriesOf.get(target.component) ?? [];
  const named = own.find(({ series }) => series.id === target.seriesId);
  if (named !== undefined) return named;
  const worst = own
    .filter(({ series }) => target.measure === null || series.measure === target.measure)
    .sort((a, b) => b.harm - a.harm);
  return worst[0] ?? null;
}
