import { quantileOfSorted, sortedFinite } from "../../detection/quantile.ts";
import type { Component } from "../../observations/observations.ts";
import type { SeriesShift } from "./series-shift.ts";

/** Measures of something that components share a stock of, so that amounts of two components compare. */
const amounts: ReadonlySet<string> = new Set(["cpu", "memory"]);
const PEERS_MIN = 3;
/** Of a limit: as far below it a level hardly starves anybody, however fast it rose. */
const LIMIT_HALF = 0.1;

/**
 * How much a rise of an amount matters to the whole, 0..1 by series id: its rise against the usual level of its peers (the same metric at
 * the other components of its kind: a host has other stocks than what runs on it). A tiny process that doubles its memory is as unusual for itself as a large one that does, and starves nobody. Where there are no peers to
 * compare with, and for all that is no amount, it is 1. What is measured as a share of a limit matters as far as it comes near it.
 */
export function materialityOf(
  shifts: readonly SeriesShift[],
  components: readonly Component[] = [],
): ReadonlyMap<string, number> {
  const isHost = new Set(components.flatMap(({ key, kind }) => (kind === "host" ? [key] : [])));
  const peers = new Map<string, SeriesShift[]>();
  const kindOf = ({ series }: SeriesShift) =>
    `${isHost.has(series.component)} ${series.metric} ${series.statistic} ${series.unit}`;
  for (const shift of shifts) {
    if (!amounts.has(shift.series.measure)) continue;
    const known = peers.get(kindOf(shift));
    if (known === undefined) peers.set(kindOf(shift), [shift]);
    else known.push(shift);
  }
  const levels = new Map(
    [...peers].map(([kind, list]) => [
      kind,
      list.length < PEERS_MIN ? Number.NaN : quantileOfSorted(sortedFinite(list.map(({ usual }) => usual)), 0.5),
    ]),
  );
  return new Map(
    shifts.map((shift) => {
      const level = levels.get(kindOf(shift)) ?? Number.NaN;
      const rise = Math.abs(shift.extreme - shift.usual);
      const beside = Number.isFinite(level) && Number.isFinite(rise) && level + rise > 0 ? rise / (rise + level) : 1;
      return [shift.series.id, Math.min(beside, nearnessToLimit(shift))];
    }),
  );
}

function nearnessToLimit({ series, usual, extreme }: SeriesShift): number {
  const highest = Math.max(usual, extreme) / 100;
  if (!amounts.has(series.measure) || series.unit !== "%" || !Number.isFinite(highest)) return 1;
  return Math.max(0, highest) / (Math.max(0, highest) + LIMIT_HALF);
}
