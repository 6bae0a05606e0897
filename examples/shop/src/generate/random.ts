/** A source of choices that depends on its seed alone. */
export interface Random {
  /** A whole number from 0 (included) to `below` (excluded). */
  readonly int: (below: number) => number;
  /** True with the given probability, 0..1. */
  readonly chance: (probability: number) => boolean;
  /** One of the items. Throws on an empty list. */
  readonly pick: <T>(items: readonly T[]) => T;
  /** The items in another order; the list given stays as it is. */
  readonly shuffle: <T>(items: readonly T[]) => T[];
}

/** Gives the same choices for the same seed on every machine (mulberry32 after one splitmix step). */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError("nothing to pick from");
      return item;
    },
    shuffle: (items) =>
      items
        .map((item) => ({ item, rank: next() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
  };
}
