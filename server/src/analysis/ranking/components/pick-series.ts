import type { Measure } from "../../observations/observations.ts";
import type { SeriesShift } from "./series-shift.ts";

export interface WeighedShift {
  readonly shift: SeriesShift;
  /** 0..1, with the weight of its measure and how much it matters to the whole. */
  readonly strength: number;
  /** 0..1: how much an amount matters to the whole (`materialityOf`). */
  readonly materiality: number;
}

/**
 * What comes before what, where several measures of one component moved: short memory makes processors work (allocation, collection, paging) and not the
 * other way round, a short resource makes calls slow, slow calls fail, and what fails is called less or more.
 */
const depth: Readonly<Record<Measure, number>> = {
  memory: 0,
  saturation: 1,
  cpu: 1,
  restarts: 1,
  latency: 2,
  errors: 2,
  availability: 2,
  other: 3,
  logs: 3,
  traffic: 4,
};
/** A measure that comes before the strongest one is named in its stead when it moved at least this share as strongly in itself, */
const CLEAR = 0.6;
/** and by at least a quarter of what is usual at its peers. */
const MATERIAL = 0.2;

/** The series that stands for its component: the first in the order of causes among those that clearly moved; null where there is none. */
export function pickSeries(weighed: readonly WeighedShift[]): WeighedShift | null {
  const strongest = weighed.reduce<WeighedShift | null>(
    (best, one) => (best === null || one.strength > best.strength ? one : best),
    null,
  );
  if (strongest === null) return null;
  const deep = depth[strongest.shift.series.measure];
  return weighed.reduce((best, one) => {
    if (one.shift.strength < CLEAR * strongest.shift.strength || one.materiality < MATERIAL) return best;
    if (depth[one.shift.series.measure] >= deep) return best;
    const [a, b] = [depth[one.shift.series.measure], depth[best.shift.series.measure]];
    return a < b || (a === b && one.strength > best.strength) ? one : best;
  }, strongest);
}
