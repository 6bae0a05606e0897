import { deviationsText } from "../../ranking/components/describe-score.ts";
import { isMeasured, nameOf, type Observed, overviewEvidence, type ShiftedSeries, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { strengthOf } from "./series-shift.ts";

/** So many values of the time of trouble are enough to say that a series did not move; of fewer every one that is missing counts. */
const enoughValues = 6;

/**
 * What speaks for "nothing that is measured here is the cause": nothing is unusual, the place where trouble was noticed behaves as before, or it was
 * over before the window ended. That nothing moved is said by values: a few of them that look like before are hardly a sign of calm.
 */
export function wholePicture(observed: Observed): ObservedFinding[] {
  const about = findingAbout("whole_picture", { kind: "unknown" });
  const findings = [
    about({
      feature: "calm",
      value: (1 - observed.strengthMax) * trustIn(middleOf(pointsDuring(observed))),
      text: !isMeasured(observed)
        ? "nothing was measured"
        : observed.strengthMax < 0.1
          ? "nothing that was measured stands out"
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
        value: (1 - strengthOf(target.harm)) * trustIn(target.shift.pointsDuring),
        text:
          target.harm < 3
            ? `${target.series.metric} of ${name}, where trouble was noticed, behaves as before`
            : `${target.series.metric} of ${name} moved by ${deviationsText(target.harm)}`,
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

/** 0..1: how far so many values of the time of trouble are believed when they say that nothing happened. */
function trustIn(values: number): number {
  return Math.min(1, values / enoughValues);
}

/** How many values of the time of trouble each series has; none where only logs or traces are known, which are counted whole. */
function pointsDuring({ seriesOf }: Observed): number[] {
  return [...seriesOf.values()].flat().map(({ shift }) => shift.pointsDuring);
}

function middleOf(counts: readonly number[]): number {
  if (counts.length === 0) return enoughValues;
  return [...counts].sort((a, b) => a - b)[counts.length >> 1] ?? 0;
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
