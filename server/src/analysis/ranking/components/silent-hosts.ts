import type { ScorePart } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";

/** What a host that nobody measures is believed to have done, by the silence of all that runs on it. */
const UNMEASURED = 0.7;
/** Of an unmeasured host one silent guest says nothing that the guest does not. */
const GUESTS_MIN = 2;

/**
 * Hosts that fell silent with what runs on them, 0..1 by host: how silent the host is, by the share of its measured guests that are too. One cause of many silences
 * is likelier than as many causes (Reichenbach 1956), and a host that still speaks is well.
 * @param silence who fell silent (`scoreSilence`)
 */
export function silentHosts(
  observations: Observations,
  silence: ReadonlyMap<string, ScorePart>,
): ReadonlyMap<string, number> {
  const measured = new Set(observations.series.map(({ component }) => component));
  const guests = Map.groupBy(
    observations.components.filter(({ key, partOf }) => partOf !== null && measured.has(key)),
    ({ partOf }) => partOf,
  );
  const found = new Map<string, number>();
  for (const [host, own] of guests) {
    const silent = own.filter(({ key }) => silence.has(key));
    if (host === null || silent.length === 0) continue;
    const isTold = !measured.has(host) && silent.length >= GUESTS_MIN;
    const itself = isTold ? UNMEASURED : (silence.get(host)?.strength ?? 0);
    const share = silent.reduce((sum, { key }) => sum + (silence.get(key)?.strength ?? 0), 0) / own.length;
    if (itself * share > 0) found.set(host, itself * share);
  }
  return found;
}

/**
 * What was found of components once the host of each that fell silent with it stands for them: of what a silent guest holds its host takes as much as it
 * explains.
 * @param of what each component holds: its silence, or the trouble that comes to rest there
 */
export function handToHosts(
  observations: Observations,
  silence: ReadonlyMap<string, ScorePart>,
  hosts: ReadonlyMap<string, number>,
  of: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const moved = new Map(of);
  for (const { key, partOf } of observations.components) {
    const explained = partOf === null || !silence.has(key) ? 0 : (hosts.get(partOf) ?? 0);
    const held = of.get(key) ?? 0;
    if (partOf === null || explained === 0 || held === 0) continue;
    moved.set(key, held * (1 - explained));
    moved.set(partOf, (moved.get(partOf) ?? 0) + held * explained);
  }
  return moved;
}
