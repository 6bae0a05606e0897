import type { ScorePart } from "../../observations/component-score.ts";
import type { Observations, OperationShift } from "../../observations/observations.ts";
import { beliefInTold } from "./belief-in-told.ts";
import type { Modality } from "./modality.ts";

const SPANS_HALF = 5;
const FACTOR_MIN = 1.5;

/**
 * Components whose own work takes longer: the time of their spans without that of their calls, with the mix of operations as it is now, against what the
 * same mix took before. Weighed by how much of all that was lost in the case arises here, since what takes a tenth of a millisecond
 * more may be many times as long as before (self time as in critical-path analysis: Zhang et al., CRISP, USENIX ATC 2022).
 */
export const slowOperations: Modality = (observations, credit = () => 1) => {
  const believed = beliefInTold(observations, credit);
  const lost = new Map<string, { before: number; now: number; spans: number; worst: OperationShift; most: number }>();
  for (const shift of observations.operations) {
    const { baseline, incident } = shift;
    const [few, many] = [countOf(baseline, observations, "baseline"), countOf(incident, observations, "incident")];
    if (few === 0 || many === 0 || !Number.isFinite(baseline.selfMs) || !Number.isFinite(incident.selfMs)) continue;
    const known = lost.get(shift.component) ?? {
      before: 0,
      now: 0,
      spans: 0,
      worst: shift,
      most: Number.NEGATIVE_INFINITY,
    };
    const extra = many * (incident.selfMs - baseline.selfMs);
    lost.set(shift.component, {
      before: known.before + many * baseline.selfMs,
      now: known.now + many * incident.selfMs,
      spans: known.spans + Math.min(few, many),
      ...(extra > known.most ? { worst: shift, most: extra } : { worst: known.worst, most: known.most }),
    });
  }
  const all = [...lost.values()].reduce((sum, { before, now }) => sum + Math.max(0, now - before), 0);
  const parts = new Map<string, ScorePart>();
  for (const [component, { before, now, spans, worst }] of lost) {
    const factor = now / Math.max(1e-9, before);
    if (factor <= FACTOR_MIN || all <= 0) continue;
    const size = Math.log(factor / FACTOR_MIN);
    const strength =
      believed(component) * (size / (size + 1)) * (spans / (spans + SPANS_HALF)) * ((now - before) / all);
    parts.set(component, { method: "slow_operations", strength, text: describe(worst, factor), ref: worst.ref });
  }
  return parts;
};

function countOf(side: OperationShift["baseline"], observations: Observations, when: "baseline" | "incident"): number {
  const { from, to } = observations[when];
  return side.count ?? (side.perMinute * (to - from)) / 60_000;
}

function describe({ operation, baseline, incident }: OperationShift, factor: number): string {
  return `its own work takes ${factor.toFixed(1)} times as long; ${operation} ${baseline.selfMs.toFixed(1)} ms before, ${incident.selfMs.toFixed(1)} ms now`;
}
