import { subjectKey } from "../../inspections/finding.ts";
import { nameOf, type Observed } from "../../inspections/observed/observed.ts";
import { demandAt } from "../../inspections/observed/surge-explains.ts";
import { type CriticRule, unconfirmedMax, unlikelyMax } from "./objection.ts";
import { signsOfTrouble } from "./signs-of-trouble.ts";

/** From about one and a half times the usual traffic on, a minute or two before the trouble, demand is a cause that can't be ruled out. */
const surgeMin = 0.5;
/** What grew by no more than this times as much as the traffic did grew in proportion to it. */
const proportionMax = 1.25;

/**
 * Where demand from outside rose with the trouble of the accused or shortly before, which can overrun a component that nobody changed, neither it nor a change made to
 * it is confirmed. Only what happens once the demand is gone, or the change, tells the two apart. Where nothing but its load grew there, in proportion, it is in no trouble.
 */
export const demandCameFirst: CriticRule = ({ observed, ranked }) => {
  const components = new Set(ranked.flatMap(({ component }) => component ?? []));
  return [...components].flatMap((component) => {
    const here = ranked.filter((one) => one.component === component);
    const shareOf = (isTraffic: boolean) =>
      here.reduce((sum, { subject, share }) => sum + ((subject.kind === "traffic") === isTraffic ? share : 0), 0);
    // At its entry the surge itself is one of those: what is surer of the two is not confirmed by the other.
    const isSurer = shareOf(false) > shareOf(true);
    const held = here.filter(({ subject }) => isSurer || subject.kind !== "traffic");
    const all = held.reduce((sum, { share }) => sum + share, 0);
    if (all <= unlikelyMax && held.every(({ change }) => change === null)) return [];
    const demand = demandAt(observed, component);
    if (demand === null || Math.log2(demand.traffic.shift.ratio ?? 1) * demand.reached < surgeMin) return [];
    const isLoad = isOnlyLoad(observed, component, demand.traffic.shift.ratio ?? 1);
    const most = isLoad ? unlikelyMax : unconfirmedMax;
    const name = nameOf(observed, component);
    const what = isLoad
      ? `the load of ${name} grew as much as demand from outside did, and nothing else there`
      : `demand from outside may have done this to ${name} by itself`;
    // A change that is held by no more than this is told of all the same: somebody would suspect it.
    return held
      .filter(({ change }) => change !== null || all > most)
      .map(({ subject, share }) => ({
        rule: "demand_came_first",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: all > most ? (most * share) / all : most,
        text: subject.kind === "traffic" && !isLoad ? `${name} may have broken by itself, or by a change` : what,
        missing: null,
        proposes: null,
      }));
  });
};

const loads: ReadonlySet<string> = new Set(["cpu", "traffic", "memory", "saturation", "other"]);

/** Whether all that moved at a component is load, and no more than in proportion to the traffic: a processor that has twice as much to do is twice as busy. */
function isOnlyLoad(observed: Observed, component: string, ratio: number): boolean {
  const series = new Map([...observed.seriesOf.values()].flat().map((one) => [one.series.ref, one]));
  return [...signsOfTrouble(observed, component)].every((ref) => {
    const one = series.get(ref);
    return one !== undefined && loads.has(one.series.measure) && (one.shift.ratio ?? Infinity) <= proportionMax * ratio;
  });
}
