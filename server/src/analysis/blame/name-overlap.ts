import type { DiffLine } from "../diff/parse-diff.ts";
import type { BlameFacts } from "./facts.ts";

/** How much of what the failing lines name a commit's changes use as well. */
export interface NameOverlap {
  /** 0..1; a name that few commits of these files use counts for more. */
  readonly share: number;
  /** The names, rarest first. */
  readonly names: readonly string[];
}

/** Words of a commit's changed lines. */
export function wordsOf(lines: readonly DiffLine[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.text.match(/[A-Za-z_$][\w$]*/g) ?? []));
}

/**
 * The overlap for each commit, given the words of the lines that it really changed. A commit that blame names for a line uses the
 * names on it. Rarity is the inverse document frequency, a commit being the document.
 */
export function nameOverlaps(
  facts: BlameFacts,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, NameOverlap> {
  const weights = new Map<string, number>();
  for (const { weight, context } of facts.places)
    for (const name of context.names) weights.set(name, Math.max(weights.get(name) ?? 0, weight));
  const rarity = [...weights].map(([name, weight]) => {
    let users = 0;
    for (const words of changed.values()) if (words.has(name)) users += 1;
    return { name, value: weight * Math.log((changed.size + 1) / (users + 0.5)) };
  });
  rarity.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const total = rarity.reduce((sum, { value }) => sum + value, 0) || 1;
  const written = namesWritten(facts);
  const overlaps = new Map<string, NameOverlap>();
  for (const sha of new Set([...changed.keys(), ...written.keys()])) {
    const used = rarity.filter(({ name }) => changed.get(sha)?.has(name) || written.get(sha)?.has(name));
    const share = used.reduce((sum, { value }) => sum + value, 0) / total;
    overlaps.set(sha, { share, names: used.map(({ name }) => name) });
  }
  return overlaps;
}

function namesWritten(facts: BlameFacts): Map<string, Set<string>> {
  const written = new Map<string, Set<string>>();
  const places = new Map(facts.places.map((place) => [`${place.path}\0${place.line}`, place]));
  for (const fact of facts.blamed) {
    const names = written.get(fact.sha) ?? new Set<string>();
    for (const name of places.get(`${fact.path}\0${fact.line}`)?.context.names ?? []) names.add(name);
    written.set(fact.sha, names);
  }
  return written;
}
