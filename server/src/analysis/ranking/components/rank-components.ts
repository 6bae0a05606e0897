import { usualStep } from "../../detection/align-series.ts";
import { median } from "../../detection/quantile.ts";
import { valuesWithin } from "../../detection/windows.ts";
import type { ComponentScore, ScorePart } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";
import { callGraphOf } from "./call-graph.ts";
import { type CallSeries, callSeriesOf } from "./call-series.ts";
import { troubleOfComponents } from "./component-trouble.ts";
import { describeShift, describeTrouble, worstOf } from "./describe-score.ts";
import { familyOfTarget } from "./family-of-target.ts";
import { flowTrouble } from "./flow-trouble.ts";
import { materialityOf } from "./materiality.ts";
import { scoreEvents } from "./operation-modalities.ts";
import { pickSeries, type WeighedShift } from "./pick-series.ts";
import { type CallsKnown, shiftOfSeries } from "./series-shift.ts";
import { commonHosts } from "./shared-host.ts";
import { scoreSilence } from "./silence.ts";
import { handToHosts, silentHosts } from "./silent-hosts.ts";
import { isOfCalls, troubleDirection } from "./trouble-direction.ts";

/** What a kind of evidence adds to a score at full strength, by noisy-or: each alone is enough, none is needed. */
const weights = {
  /** Trouble with calls that comes to rest here. */
  rests: 0.9,
  /** A resource that ran short, or anything else that no call explains. */
  resource: 0.8,
  /** Slow or failing calls where nothing is known of who else could be behind them. */
  calls: 0.85,
  /** Trouble with calls that others explain: it is no cause, yet likelier one than what is healthy. */
  explained: 0.1,
  silence: 0.6,
  /** A host whose guests are in trouble together. */
  host: 0.9,
} as const;

/** What does not lie below the target can hardly be its cause. */
const UNREACHED = 0.4;
/** Of a shortage where no trouble passes by, while there is trouble with calls elsewhere. */
const ASIDE = 0.35;

/**
 * The components by how well each explains what was observed, best first; equal scores are ties, listed by name. Evidence of each component is
 * gathered by several methods and joined by noisy-or (Pearl 1988), so that the strongest evidence of a case decides which kind of data
 * it rests on. Linear in series times points.
 */
export function rankComponents(observations: Observations): ComponentScore[] {
  const graph = callGraphOf(observations);
  const calls = callSeriesOf(observations);
  const known = callsKnown(observations, calls);
  const shifts = observations.series.map((series) =>
    shiftOfSeries(series, observations, known.get(series.callee ?? series.component)),
  );
  const materiality = materialityOf(shifts, observations.components);
  const byId = new Map(shifts.map((shift) => [shift.series.id, shift]));
  const troubles = troubleOfComponents(observations, calls, byId);
  const silence = scoreSilence(observations);
  const silent = new Map([...silence].map(([key, { strength }]) => [key, strength]));
  const gone = silentHosts(observations, silence);
  const hasGraph = graph.callees.size > 0;
  const flow = hasGraph
    ? flowTrouble(observations, graph, troubles, silent, familyOfTarget(observations, troubles.of))
    : null;
  const surest = Math.max(
    0,
    ...[...troubles.of.values()].flatMap(({ latency, failures }) => [
      latency?.significance ?? 0,
      failures?.significance ?? 0,
    ]),
  );
  const restsAt = flow === null ? null : handToHosts(observations, silence, gone, flow.rests);
  const passing = flow === null ? null : passingBy(observations, flow.passes);
  const events = scoreEvents(observations, troubles.credit);

  const hostOf = new Map(observations.components.map(({ key, partOf }) => [key, partOf]));
  const byComponent = Map.groupBy(shifts, ({ series }) => series.component);
  const keys = [...new Set([...observations.components.map(({ key }) => key), ...byComponent.keys()])];
  const gathered = new Map(
    keys.map((key) => {
      const weighed = (byComponent.get(key) ?? []).map((shift): WeighedShift => {
        const matters = materiality.get(shift.series.id) ?? 1;
        return {
          shift,
          materiality: matters,
          strength: shift.strength * troubleDirection(shift.series.measure).weight * matters,
        };
      });
      const most = (list: readonly WeighedShift[]) => Math.max(0, ...list.map(({ strength }) => strength));
      const own = {
        resource: most(weighed.filter(({ shift }) => !isOfCalls(shift.series))),
        calls: most(weighed.filter(({ shift }) => isOfCalls(shift.series))),
      };
      return [key, { weighed, ...own }] as const;
    }),
  );
  const hosts = commonHosts(
    observations,
    new Map(
      [...gathered].map(([key, { resource, calls: called }]) => [
        key,
        Math.max(resource, called, silent.get(key) ?? 0),
      ]),
    ),
  );

  const scores = [...gathered].map(([key, { weighed, resource, calls: called }]): ComponentScore => {
    const picked = pickSeries(weighed);
    const parts: ScorePart[] = [];
    const factors: number[] = [];
    const trouble = troubles.of.get(key);
    const rests = (restsAt?.get(key) ?? 0) * surest;
    if (rests > 0.005) {
      const worst = worstOf(trouble);
      const ref = worst?.shift?.series.ref ?? worst?.operation?.ref ?? picked?.shift.series.ref ?? "";
      parts.push({
        method: "trouble_rests",
        strength: rests,
        text: describeTrouble(restsAt?.get(key) ?? 0, passing?.get(key) ?? 0, trouble),
        ref,
      });
      factors.push(weights.rests * rests);
    }
    // A shortage on the way of the trouble is its reason; one aside of it happens to be there.
    const aside = passing === null ? 1 : 1 - surest * (1 - ASIDE) * (1 - Math.min(1, 2 * (passing.get(key) ?? 0)));
    factors.push(weights.resource * resource * aside, (hasGraph ? weights.explained : weights.calls) * called);
    if (picked !== null && picked.strength > 0)
      parts.push({
        method: "robust_shift",
        strength: picked.strength,
        text: describeShift(picked.shift),
        ref: picked.shift.series.ref,
      });
    const quiet = silence.get(key);
    if (quiet !== undefined) {
      const strength = quiet.strength * (1 - (gone.get(hostOf.get(key) ?? "") ?? 0));
      if (strength > 0.005) parts.push({ ...quiet, strength });
      factors.push(weights.silence * strength);
    }
    const [down, shared] = [gone.get(key) ?? 0, hosts.get(key) ?? 0];
    const host = Math.max(down, shared);
    if (host > 0) {
      parts.push({
        method: "shared_host",
        strength: host,
        // Silence has no values to show: it is told by the whole picture.
        ...(down >= shared
          ? { text: "It fell silent, and what runs on it with it", ref: "" }
          : {
              text: "What runs here is in trouble together, and others are less",
              ref: quiet?.ref ?? picked?.shift.series.ref ?? "",
            }),
      });
      factors.push(weights.host * host);
    }
    for (const { part, weight } of events.get(key) ?? []) {
      parts.push(part);
      factors.push(weight * part.strength);
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

/** What passes each component; by a host passes what passes its guests. */
function passingBy(observations: Observations, passes: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const all = new Map(passes);
  for (const { key, partOf } of observations.components)
    if (partOf !== null) all.set(partOf, (all.get(partOf) ?? 0) + (passes.get(key) ?? 0));
  return all;
}

/** How many calls each component gets, where they are counted. */
export function callsKnown(
  observations: Observations,
  calls: ReadonlyMap<string, CallSeries> = callSeriesOf(observations),
): ReadonlyMap<string, CallsKnown> {
  return new Map(
    [...calls].flatMap(([key, { traffic }]): [string, CallsKnown][] => {
      if (traffic === null) return [];
      const rate = Math.max(
        ...[observations.baseline, observations.incident]
          .map((range) => median(valuesWithin(traffic.times, traffic.values, range)))
          .filter(Number.isFinite),
        0,
      );
      const isRate = traffic.statistic === "rate" || (traffic.unit ?? "").endsWith("/s");
      const seconds = usualStep(traffic.times) / 1000;
      return rate > 0 ? [[key, { rate, perPoint: isRate && Number.isFinite(seconds) ? rate * seconds : rate }]] : [];
    }),
  );
}
