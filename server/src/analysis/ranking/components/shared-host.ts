import type { Observations } from "../../observations/observations.ts";

/** A host with fewer guests says nothing by what they have in common. */
const GUESTS_MIN = 2;

/**
 * The host behind what happens to its guests at once, 0..1 by host: how much more of its guests are in trouble than of all other components, so far as the host
 * itself shows anything. A common cause of many effects is likelier than as many causes (Reichenbach 1956).
 * @param unusual 0..1 by component
 */
export function commonHosts(
  observations: Observations,
  unusual: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const guests = new Map<string, string[]>();
  for (const { key, partOf } of observations.components) {
    if (partOf === null) continue;
    const known = guests.get(partOf);
    if (known === undefined) guests.set(partOf, [key]);
    else known.push(key);
  }
  const mean = (keys: readonly string[]) =>
    keys.reduce((sum, key) => sum + (unusual.get(key) ?? 0), 0) / Math.max(1, keys.length);
  const hosts = new Map<string, number>();
  for (const [host, own] of guests) {
    if (own.length < GUESTS_MIN) continue;
    const isOwn = new Set([host, ...own]);
    const others = observations.components.flatMap(({ key, kind }) => (isOwn.has(key) || kind === "host" ? [] : [key]));
    const beyond = mean(own) - mean(others);
    const shown = unusual.get(host) ?? 0;
    if (beyond > 0 && shown > 0) hosts.set(host, Math.min(1, 1.5 * beyond) * Math.sqrt(shown));
  }
  return hosts;
}
