/** One failure: the numbers of each commit that may have caused it, and which of them did. */
export interface Choice {
  readonly candidates: readonly (readonly number[])[];
  /** Index of the right one; -1 where it is not among them, which teaches nothing. */
  readonly right: number;
  readonly weight: number;
}

const roundsMax = 400;
const ridge = 1;

/**
 * Weights that make the right ones likeliest (McFadden 1974), none below zero, with a ridge of 1. The likelihood is concave, so projected
 * gradient steps with backtracking find its one top; `start` only saves rounds.
 */
export function fitWeights(choices: readonly Choice[], count: number, start?: readonly number[]): number[] {
  const known = choices.filter((one) => one.right >= 0);
  let weights = [...(start ?? new Array<number>(count).fill(0))];
  let here = climb(known, weights);
  let step = 1 / Math.max(1, known.length);
  for (let round = 0; round < roundsMax; round++) {
    const next = weights.map((weight, at) => Math.max(0, weight + step * (here.slope[at] ?? 0)));
    const there = climb(known, next);
    if (there.value < here.value) {
      step /= 2;
      if (step < 1e-9) break;
      continue;
    }
    const gained = there.value - here.value;
    [weights, here] = [next, there];
    step *= 1.3;
    if (gained < 1e-5) break;
  }
  return weights;
}

/** Log likelihood, less the ridge, and its slope. */
function climb(choices: readonly Choice[], weights: readonly number[]): { value: number; slope: number[] } {
  let value = (-ridge / 2) * weights.reduce((sum, weight) => sum + weight * weight, 0);
  const slope = weights.map((weight) => -ridge * weight);
  for (const choice of choices) {
    const scores = choice.candidates.map((candidate) => dot(candidate, weights));
    const highest = Math.max(...scores);
    const shares = scores.map((score) => Math.exp(score - highest));
    const total = shares.reduce((sum, share) => sum + share, 0);
    value += choice.weight * ((scores[choice.right] ?? 0) - highest - Math.log(total));
    choice.candidates.forEach((candidate, index) => {
      const pull = choice.weight * ((index === choice.right ? 1 : 0) - (shares[index] ?? 0) / total);
      candidate.forEach((number, at) => {
        slope[at] = (slope[at] ?? 0) + pull * number;
      });
    });
  }
  return { value, slope };
}

/** Where the right one stands under some weights, from 1; infinite where it is not among the candidates. Ties go to the earlier one. */
export function rankOfRight(choice: Choice, weights: readonly number[]): number {
  if (choice.right < 0) return Number.POSITIVE_INFINITY;
  const scores = choice.candidates.map((candidate) => dot(candidate, weights));
  const own = scores[choice.right] ?? 0;
  return 1 + scores.filter((score, index) => score > own || (score === own && index < choice.right)).length;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
