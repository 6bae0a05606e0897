import type { Choice } from "./choice-of.ts";
import type { Weights } from "./fit-observed-weights.ts";

/** How right weights are: the share of cases whose likeliest alternative is right, and the mean of minus the logarithm of what the right ones were given. */
export function scoreChoices(choices: readonly Choice[], weights: Weights): { top1: number; logLoss: number } {
  let [hits, loss] = [0, 0];
  for (const { alternatives } of choices) {
    const odds = alternatives.map(({ features }) =>
      Object.entries(features).reduce((sum, [name, value]) => sum + (weights[name] ?? 0) * value, 0),
    );
    const highest = Math.max(...odds);
    const total = odds.reduce((sum, one) => sum + Math.exp(one - highest), 0);
    const right = alternatives.reduce(
      (sum, { isRight }, at) => sum + (isRight ? Math.exp((odds[at] ?? 0) - highest) : 0),
      0,
    );
    loss -= Math.log(Math.max(right, 1e-300) / total);
    if (alternatives[odds.indexOf(highest)]?.isRight === true) hits += 1;
  }
  const count = Math.max(1, choices.length);
  return { top1: hits / count, logLoss: loss / count };
}
