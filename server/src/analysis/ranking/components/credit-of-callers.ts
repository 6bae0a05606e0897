import type { Observations, Series } from "../../observations/observations.ts";
import type { CallSeries } from "./call-series.ts";
import { secondsPer } from "./call-series.ts";
import type { Credit } from "./modality.ts";
import { linksOfTraces } from "./operation-links.ts";
import type { SeriesShift } from "./series-shift.ts";
import { significanceOf } from "./significance.ts";

/** How a component's calls go: by itself, and by each of those that call it. */
export interface Views {
  /** 0..1: how surely it is in trouble by what it measured itself; null where it measured no calls. */
  readonly ownView: number | null;
  /** The same by what each caller measured of it. */
  readonly seenBy: ReadonlyMap<string, number>;
  /** How surely each caller that counts failures saw its calls fail. */
  readonly failsFor: ReadonlyMap<string, number>;
}

/** The called one and its caller measure by other statistics: half of what the caller waits longer is all of it. */
const OTHER_STATISTIC = 2;

/** What a link that only the caller sees counts, beside one that the called one denies to be its own. */
const OPEN = 0.5;

/**
 * How far each caller is believed about one that it calls, by what it says of all others: who finds one after the other slow that do not work longer by their own
 * measure is likelier slow itself (its network, its processor), and that one cause stands for all of it. To trust a witness by what
 * is borne out of its word is truth discovery (Yin et al., TruthFinder, KDD 2007); that the end which slow links share is the likelier cause is network
 * tomography's smallest consistent failure set (Duffield 2006).
 */
export function creditOfCallers(
  observations: Observations,
  calls: ReadonlyMap<string, CallSeries>,
  shifts: ReadonlyMap<string, SeriesShift>,
  views: ReadonlyMap<string, Views>,
): Credit {
  const denied = new Map<string, Map<string, number>>();
  const note = (caller: string, callee: string, doubt: number) => {
    const own = denied.get(caller) ?? new Map<string, number>();
    denied.set(caller, own);
    own.set(callee, Math.max(own.get(callee) ?? 0, doubt));
  };
  const measured = new Set([...calls].flatMap(([key, { latency }]) => (ownOf(latency) === undefined ? [] : [key])));
  for (const { from, to, strength, isOpen } of linksOfTraces(observations))
    if (!isOpen || !measured.has(to)) note(from, to, strength * (isOpen ? OPEN : 1));
  for (const [callee, { latency }] of calls) {
    const ownRise = riseOf(shifts.get(ownOf(latency)?.id ?? ""));
    const ownView = views.get(callee)?.ownView ?? 0;
    for (const series of latency) {
      const shift = shifts.get(series.id);
      const rise = riseOf(shift);
      if (series.callee === null || shift === undefined || rise === null || rise <= 0) continue;
      const severity = 1 - shift.usual / shift.observed;
      const borne = ownRise === null ? 1 - OPEN : ownView * Math.min(1, (OTHER_STATISTIC * ownRise) / rise);
      note(series.component, callee, significanceOf(shift.deviations) * severity ** 2 * (1 - borne));
    }
  }
  return (caller, callee) => {
    let others = 0;
    for (const [other, doubt] of denied.get(caller) ?? []) if (other !== callee) others += doubt;
    return 1 / (1 + others);
  };
}

function ownOf(latency: readonly Series[]): Series | undefined {
  return latency.find(({ callee }) => callee === null);
}

/** By how many seconds a latency rose; null where it was not measured before and in the trouble. */
function riseOf(shift: SeriesShift | undefined): number | null {
  if (shift === undefined || shift.pointsBefore === 0 || shift.pointsNow === 0) return null;
  return Math.max(0, shift.observed - shift.usual) * secondsPer(shift.series);
}
