/** A choice among nothing: the world that was drawn has no such place. */
export class NothingToPick extends RangeError {}

/** Numbers that look random and are the same for the same seed on every machine. */
export interface Random {
  /** 0 (included) to 1 (excluded). */
  next(): number;
  between(min: number, max: number): number;
  /** Whole, both ends included. */
  whole(min: number, max: number): number;
  isTrue(share: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** A new array in another order. */
  shuffle<T>(values: readonly T[]): T[];
  normal(): number;
  /** Student's t with 3 degrees of freedom, scaled to a spread of about 1: mostly near 0, sometimes far away. */
  heavy(): number;
  poisson(mean: number): number;
  hex(digits: number): string;
  /** A stream of its own, so that what is drawn here does not move what is drawn elsewhere. */
  fork(name: string): Random;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** Mulberry32 started by the hash of `seed` (Tommy Ettinger's generator, public domain algorithm). */
export function createRandom(seed: string): Random {
  let state = hash(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const random: Random = {
    next,
    normal,
    between: (min, max) => min + (max - min) * next(),
    whole: (min, max) => min + Math.floor((max - min + 1) * next()),
    isTrue: (share) => next() < share,
    pick: (values) => {
      const value = values[Math.floor(next() * values.length)];
      if (value === undefined) throw new NothingToPick("nothing to pick from");
      return value;
    },
    shuffle: (values) => {
      const order = values.map((value) => ({ value, at: next() }));
      return order.sort((a, b) => a.at - b.at).map(({ value }) => value);
    },
    heavy: () => {
      const chi = normal() ** 2 + normal() ** 2 + normal() ** 2;
      return (normal() / Math.sqrt(Math.max(chi, 1e-6) / 3)) * 0.6;
    },
    poisson: (mean) => {
      if (mean <= 0) return 0;
      if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count += 1;
      return count;
    },
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(""),
    fork: (name) => createRandom(`${seed}/${name}`),
  };
  return random;
}
