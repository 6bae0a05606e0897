import type { Choice } from "./choice-of.ts";

export type Weights = Readonly<Record<string, number>>;

const roundsMax = 600;

/**
 * Weights under which the right alternatives are likeliest: a conditional logit (McFadden 1974) in which several answers may be right, by projected gradient
 * steps with backtracking. A ridge pulls each weight towards where it stood; a weight keeps its sign, because a sign that flips says that the scenarios,
 * and not the world, were learnt.
 * @param ridge how many cases' worth of doubt each weight has; 0 learns freely
 * @param held weights that stay as they are
 */
export function fitObservedWeights(
  choices: readonly Choice[],
  start: Weights,
  ridge: number,
  held: ReadonlySet<string> = new Set(),
): Weights {
  const names = Object.keys(start);
  const origin = names.map((name) => start[name] ?? 0);
  const rows = choices.map(({ alternatives }) =>
    alternatives.map(({ features, isRight }) => ({
      isRight,
      cells: Object.entries(features).flatMap(([name, value]) => {
        const at = names.indexOf(name);
        return at < 0 || value === 0 ? [] : [{ at, value }];
      }),
    })),
  );
  let weights = [...origin];
  let here = climb(rows, weights, origin, ridge);
  let step = 1 / Math.max(1, rows.length);
  for (let round = 0; round < roundsMax; round++) {
    const next = weights.map((weight, at) => {
      if (held.has(names[at] ?? "")) return weight;
      const moved = weight + step * (here.slope[at] ?? 0);
      const sign = Math.sign(origin[at] ?? 0);
      const isFree = names[at]?.startsWith("start:") === true;
      return isFree || sign === 0 ? moved : sign > 0 ? Math.max(0, moved) : Math.min(0, moved);
    });
    const there = climb(rows, next, origin, ridge);
    if (there.value < here.value) {
      step /= 2;
      if (step < 1e-9) break;
      continue;
    }
    const gained = there.value - here.value;
    [weights, here] = [next, there];
    step *= 1.25;
    if (gained < 1e-6 * Math.abs(here.value)) break;
  }
  return Object.fromEntries(names.map((name, at) => [name, weights[at] ?? 0]));
}

type Row = readonly {
  readonly isRight: boolean;
  readonly cells: readonly { readonly at: number; readonly value: number }[];
}[];

/** Log likelihood, less the ridge, and its slope. */
function climb(rows: readonly Row[], weights: readonly number[], origin: readonly number[], ridge: number) {
  let value = 0;
  const slope = new Array<number>(weights.length).fill(0);
  for (const [at, weight] of weights.entries()) {
    const off = weight - (origin[at] ?? 0);
    value -= (ridge / 2) * off * off;
    slope[at] = -ridge * off;
  }
  for (const row of rows) {
    const odds = row.map(({ cells }) => cells.reduce((sum, { at, value: seen }) => sum + (weights[at] ?? 0) * seen, 0));
    const highest = Math.max(...odds);
    const shares = odds.map((one) => Math.exp(one - highest));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const right = row.reduce((sum, { isRight }, at) => sum + (isRight ? (shares[at] ?? 0) : 0), 0);
    value += Math.log(Math.max(right, 1e-300) / total);
    for (const [index, { cells, isRight }] of row.entries()) {
      const share = shares[index] ?? 0;
      const pull = (isRight ? share / Math.max(right, 1e-300) : 0) - share / total;
      if (pull === 0) continue;
      for (const { at, value: seen } of cells) slope[at] = (slope[at] ?? 0) + pull * seen;
    }
  }
  return { value, slope };
}
