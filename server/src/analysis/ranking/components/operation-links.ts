import { median, quantileOfSorted, sortedFinite } from "../../detection/quantile.ts";
import type { ScorePart } from "../../observations/component-score.ts";
import type { LinkShift, Observations } from "../../observations/observations.ts";
import type { Modality } from "./modality.ts";

/** So many calls of other links stand beside a link's own few: what lies between two services of one system is of one size. */
const PRIOR_CALLS = 3;
/** Milliseconds that are added to both sides, so that a tenth of one is no tenfold rise. */
const SMALL_MS = 1;
const SPREAD_MIN = 0.2;
/** The median distance from the lower quartile within the lower half is so many times smaller than the standard deviation, of normal values. */
const SPREAD_OF_HALF = 2.2;
const DEVIATIONS_MIN = 3;
const DEVIATIONS_HALF = 4;

/** Calls of one component by another, and 0..1 how surely they became slow though nobody saw the called one work longer. */
export interface LinkScore {
  readonly from: string;
  readonly to: string;
  readonly strength: number;
  /** Nobody but the caller can see whether the called one worked longer. */
  readonly isOpen: boolean;
  readonly text: string;
  readonly ref: string;
}

/**
 * Links between components that became slow though neither side worked longer: the network, a queue before the called one, or a machine too busy to answer.
 * Each slow link has two ends; the one that most of its other links speak for is taken, then what is left is shared out in the same way (greedy cover, as in
 * Kompella et al., "Fault localization via risk modeling", 2005). Open links say nothing here: their callee may have worked longer.
 */
export const slowLinks: Modality = (observations) => blameLinks(observations).parts;

/** Which end of each slow link is taken for the slow one. */
export interface LinkBlame {
  readonly parts: ReadonlyMap<string, ScorePart>;
  /** 0..1: how surely the calls of a caller are slow on their way, by reason of the one that it calls. */
  readonly onTheWay: (caller: string, callee: string) => number;
}

/** Shares slow links out among their ends (`slowLinks`). */
export function blameLinks(observations: Observations): LinkBlame {
  const slow = linksOfTraces(observations).filter(({ isOpen }) => !isOpen);
  const parts = new Map<string, ScorePart>();
  const onTheWay = new Map<string, number>();
  let left = slow.filter(({ strength }) => strength > 0);
  while (left.length > 0) {
    const ends = new Set(left.flatMap(({ from, to }) => [from, to]));
    const ranked = [...ends]
      .map((component) => ({ component, ...coverage(component, slow, left) }))
      .sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
    const [first] = ranked;
    const own = left
      .filter(({ from, to }) => from === first?.component || to === first?.component)
      .sort((a, b) => b.strength - a.strength);
    const [strongest] = own;
    if (first === undefined || strongest === undefined) break;
    parts.set(first.component, {
      method: "slow_links",
      strength: strongest.strength * first.share,
      text: `${first.slow} of ${first.all} links with it became slow: ${strongest.text}`,
      ref: strongest.ref,
    });
    for (const { from, to, strength } of own)
      if (to === first.component) onTheWay.set(`${from}\n${to}`, strength * first.share);
    left = left.filter((one) => !own.includes(one));
  }
  return { parts, onTheWay: (caller, callee) => onTheWay.get(`${caller}\n${callee}`) ?? 0 };
}

/** The links that traces tell of. A link's shift counts against those of all links of the case, so that a common load says nothing. */
export function linksOfTraces(observations: Observations): LinkScore[] {
  const links = (observations.links ?? []).filter(
    ({ isOpen, baseline, incident }) => incident.count > 0 && (isOpen !== true || baseline.count > 0),
  );
  const usual = median(
    Float64Array.from(
      links.flatMap(({ isOpen, baseline }) => (baseline.count > 0 && isOpen !== true ? [baseline.medianMs] : [])),
    ),
  );
  if (!Number.isFinite(usual)) return [];
  const ratios = links.map(({ isOpen, baseline, incident }) => {
    const own = baseline.count > 0 ? baseline.count * baseline.medianMs : 0;
    const before = isOpen === true ? baseline.medianMs : (own + PRIOR_CALLS * usual) / (baseline.count + PRIOR_CALLS);
    return Math.log((incident.medianMs + SMALL_MS) / (before + SMALL_MS));
  });
  // In a small system half of the links may be slow at once, so the quieter half tells what is usual.
  const sorted = sortedFinite(Float64Array.from(ratios));
  const middle = Math.max(0, quantileOfSorted(sorted, 0.25));
  const quiet = sorted.slice(0, Math.ceil(sorted.length / 2)).map((ratio) => Math.abs(ratio - middle));
  const spread = Math.max(SPREAD_MIN, SPREAD_OF_HALF * median(quiet));
  return links.map((link, at) => {
    const doubt = Math.sqrt(1 + PRIOR_CALLS / link.incident.count);
    const excess = Math.max(0, ((ratios[at] ?? 0) - middle) / (spread * doubt) - DEVIATIONS_MIN);
    const { from, to, ref } = link;
    const strength = excess / (excess + DEVIATIONS_HALF);
    return { from, to, strength, isOpen: link.isOpen === true, text: describe(link), ref };
  });
}

/** How well one component explains the slow links: how many of its own are slow, on the side where most are, and how many of all it explains. */
function coverage(component: string, all: readonly LinkScore[], left: readonly LinkScore[]) {
  const sides = (["to", "from"] as const).map((side) => {
    const own = all.filter((one) => one[side] === component);
    const slow = own.filter((one) => left.includes(one));
    return { slow: slow.length, all: own.length, share: own.length === 0 ? 0 : (slow.length + 0.5) / (own.length + 1) };
  });
  const [incoming, outgoing] = sides;
  // Who is called is behind its slow answers rather than each of its callers.
  const share = 1 - (1 - (incoming?.share ?? 0)) * (1 - 0.5 * (outgoing?.share ?? 0));
  const mass = left
    .filter(({ from, to }) => from === component || to === component)
    .reduce((sum, { strength }) => sum + strength, 0);
  const total = left.reduce((sum, { strength }) => sum + strength, 0);
  return {
    share,
    score: share * (mass / total),
    slow: (incoming?.slow ?? 0) + (outgoing?.slow ?? 0),
    all: (incoming?.all ?? 0) + (outgoing?.all ?? 0),
  };
}

function describe({ from, to, isOpen, baseline, incident }: LinkShift): string {
  const before = baseline.count === 0 ? "never seen before" : `${baseline.medianMs.toFixed(1)} ms before`;
  return isOpen === true
    ? `calls of ${from} to ${to} take ${incident.medianMs.toFixed(1)} ms, ${before}`
    : `between ${from} and ${to} ${incident.medianMs.toFixed(1)} ms pass in which neither works, ${before}`;
}
