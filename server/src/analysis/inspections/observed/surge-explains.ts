import { spanOf } from "../span-of.ts";
import { stepOf } from "./change-proximity.ts";
import { demandPath, roseAt, surgeSize } from "./demand.ts";
import {
  closeLookMax,
  nameOf,
  type Observed,
  type ShiftedSeries,
  seriesEvidence,
  strengthOfComponent,
  unusualMin,
} from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Demand fills queues and pools within minutes; trouble that begins later has by and by less to do with it. */
const fadeAfterMs = 10 * 60_000;
/** An onset is not known to the second; trouble that was there clearly earlier is not explained. */
const fadeBeforeMs = 60_000;

/** How far demand from outside explains the trouble of a component, and the sentence that says so. */
export interface DemandAt {
  /** 0..1: how well its time fits. */
  readonly reached: number;
  readonly text: string;
  readonly traffic: ShiftedSeries;
}

/** Null where no demand came from outside that could have reached the component by the time of its trouble. */
export function demandAt(observed: Observed, component: string): DemandAt | null {
  const { path, entry, traffic } = demandPath(observed);
  const rose = traffic === null ? null : roseAt(traffic, observed);
  if (path !== "demand" || entry === null || traffic === null || rose === null) return null;
  const step = stepOf(observed);
  const onsetAt = observed.onsetOf.get(component) ?? observed.onsetAt;
  const lagMs = onsetAt - rose.by;
  const early = Math.min(0, onsetAt - rose.after + step);
  const reached = Math.exp(early / fadeBeforeMs - Math.max(0, lagMs) / fadeAfterMs);
  if (reached < 0.05) return null;
  const when = lagMs < step ? "at about the same time" : `${spanOf(lagMs)} before`;
  return {
    reached,
    text: `the traffic at ${nameOf(observed, entry)} rose ${when}, to ${(traffic.shift.ratio ?? 1).toFixed(1)} times the usual: such demand alone can do this to ${nameOf(observed, component)}`,
    traffic,
  };
}

/**
 * Components whose trouble began with or after a surge that came from outside. Whatever is overrun slows down, fails, stands out and may do so first: none of that
 * tells a component that broke by itself, or by a change, from one that too many asked (explaining away; Pearl, Probabilistic Reasoning in Intelligent
 * Systems, 1988). Who was in trouble before the demand came is not explained by it.
 */
export function surgeExplains(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(0, closeLookMax).flatMap((one): ObservedFinding[] => {
    const demand = strengthOfComponent(one) < unusualMin ? null : demandAt(observed, one.component);
    return demand === null
      ? []
      : [
          findingAbout("surge_explains", { kind: "component", key: one.component })({
            feature: "surge_explains",
            value: surgeSize(demand.traffic) * demand.reached,
            text: demand.text,
            evidence: seriesEvidence(demand.traffic, nameOf(observed, demand.traffic.series.component)),
          }),
        ];
  });
}
