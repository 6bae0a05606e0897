import { median } from "../../detection/quantile.ts";
import { valuesWithin } from "../../detection/windows.ts";
import type { ComponentScore, ScorePart } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";
import { attributeTrouble, type OwnTrouble, type TroubleFamily } from "./attribute-trouble.ts";
import { callGraphOf } from "./call-graph.ts";
import { callSeriesOf } from "./call-series.ts";
import { describeShift, describeTrouble } from "./describe-score.ts";
import { familyOfTarget } from "./family-of-target.ts";
import { materialityOf } from "./materiality.ts";
import { pickSeries } from "./pick-series.ts";
import { type SeriesShift, shiftOfSeries } from "./series-shift.ts";
import { scoreSilence } from "./silence.ts";
import { troubleDirection } from "./trouble-direction.ts";

/** What a kind of evidence adds to a score at full strength, by noisy-or: each alone is enough, none is needed. */
const weights = {
  /** Trouble with calls that its own callees do not explain. */
  own: 0.9,
  /** The same of the kind that was not noticed at the target: slow calls behind failures and the other way round. */
  ownOther: 0.6,
  /** A resource that ran short, or anything else that no call explains. */
  resource: 0.8,
  /** Slow or failing calls where the graph says nothing of who else could be behind them. */
  calls: 0.85,
  /** Trouble with calls that others explain: it is no cause, yet likelier one than what is healthy. */
  explained: 0.15,
  silence: 0.5,
} as const;

/** What does not lie below the target can hardly be its cause. */
const UNREACHED = 0.4;

/**
 * The components by how well each explains what was observed, best first; equal scores are ties, listed by name. Evidence of each component is
 * gathered by several methods and joined by noisy-or (Pearl 1988), so that the strongest evidence of a case decides which kind of data
 * it rests on. Linear in series times points.
 */
export function rankComponents(observations: Observations): ComponentScore[] {
  const graph = callGraphOf(observations);
  const calls = callSeriesOf(observations);
  const shifts = observations.series.map((series) =>
    shiftOfSeries(series, observations, callsPerPoint(observations, calls, series.callee ?? series.component)),
  );
  const byId = new Map(shifts.map((shift) => [shift.series.id, shift]));
  const materiality = materialityOf(shifts);
  const hasGraph = graph.callees.size > 0;
  const families: readonly TroubleFamily[] = ["latency", "failures"];
  const troubles = new Map(
    families.map((family) => [family, attributeTrouble(family, observations, graph, calls, byId)]),
  );
  const noticed = familyOfTarget(observations, troubles);
  const silence = scoreSilence(observations);
  const byComponent = new Map<string, SeriesShift[]>();
  for (const shift of shifts) {
    const list = byComponent.get(shift.series.component);
    if (list === undefined) byComponent.set(shift.series.component, [shift]);
    else list.push(shift);
  }

  const keys = new Set([...observations.components.map(({ key }) => key), ...byComponent.keys()]);
  const scores = [...keys].map((key): ComponentScore => {
    const own = byComponent.get(key) ?? [];
    const weighed = own.map((shift) => {
      const matters = materiality.get(shift.series.id) ?? 1;
      return {
        shift,
        materiality: matters,
        strength: shift.strength * troubleDirection(shift.series.measure).weight * matters,
      };
    });
    const picked = pickSeries(weighed);
    const parts: ScorePart[] = [];
    const factors: number[] = [];
    for (const family of families) {
      const trouble: OwnTrouble | undefined = troubles.get(family)?.get(key);
      if (!hasGraph || trouble === undefined || trouble.own <= 0) continue;
      const strength = trouble.share * trouble.significance;
      parts.push({
        method: `own_${family}`,
        strength,
        text: describeTrouble(family, trouble),
        ref: trouble.shift.series.ref,
      });
      factors.push(strength * (noticed === null || noticed === family ? weights.own : weights.ownOther));
    }
    let resource = 0;
    let called = 0;
    for (const { shift, strength } of weighed) {
      const isCall =
        shift.series.measure === "latency" ||
        shift.series.measure === "errors" ||
        shift.series.measure === "availability" ||
        shift.series.measure === "traffic";
      if (isCall) called = Math.max(called, strength);
      else resource = Math.max(resource, strength);
    }
    factors.push(weights.resource * resource, (hasGraph ? weights.explained : weights.calls) * called);
    if (picked !== null && picked.strength > 0)
      parts.push({
        method: "robust_shift",
        strength: picked.strength,
        text: describeShift(picked.shift),
        ref: picked.shift.series.ref,
      });
    const quiet = silence.get(key);
    if (quiet !== undefined) {
      parts.push(quiet);
      factors.push(weights.silence * quiet.strength);
    }
    const reached = graph.reach.has(key) ? 1 : UNREACHED;
    return {
      component: key,
      score: reached * (1 - factors.reduce((rest, factor) => rest * (1 - factor), 1)),
      seriesId: picked?.shift.series.id ?? null,
      metric: picked?.shift.series.metric ?? null,
      onsetAt: picked?.shift.onsetAt ?? null,
      parts: parts.sort((a, b) => b.strength - a.strength),
    };
  });
  return scores.sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
}

function callsPerPoint(observations: Observations, calls: ReturnType<typeof callSeriesOf>, key: string): number | null {
  const traffic = calls.get(key)?.traffic;
  if (traffic === null || traffic === undefined) return null;
  const middle = median(valuesWithin(traffic.times, traffic.values, observations.incident));
  return Number.isFinite(middle) && middle >= 1 ? middle : null;
}
