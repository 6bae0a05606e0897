import type { Truth } from "../scenarios/fault.ts";
import type { Signals } from "./choice-of.ts";
import type { Weights } from "./fit-observed-weights.ts";

/** The first cause of one case: the odds of the alternatives that make it the cause and of all others, and whether it is right. */
export interface FirstCause {
  readonly own: readonly number[];
  readonly others: readonly number[];
  readonly isRight: boolean;
}

/** The engine gives no answer more than this. */
const confidenceMax = 0.97;
const [least, most] = [0.5, 3] as const;

/** What comes first by these weights, as `culprit diagnose` would say it; null where no component is an alternative. */
export function firstCauseOf(signals: Signals, truth: Truth, weights: Weights): FirstCause | null {
  const all = signals.map((one) => ({
    ...one,
    odds: Object.entries(one.features).reduce((sum, [name, value]) => sum + (weights[name] ?? 0) * value, 0),
  }));
  const shares = new Map<string, number>();
  for (const { component, odds } of all)
    if (component !== null) shares.set(component, (shares.get(component) ?? 0) + Math.exp(odds));
  const [first] = [...shares].sort((a, b) => b[1] - a[1]);
  if (first === undefined) return null;
  const own = all.filter(({ component }) => component === first[0]).sort((a, b) => b.odds - a.odds);
  const blamed = own[0]?.change_id ?? null;
  const isRight =
    truth.causes.some(({ component }) => component === first[0]) &&
    (blamed === null || truth.causes.some(({ changeId }) => changeId === blamed));
  const others = all.filter(({ component }) => component !== first[0]);
  return { own: own.map(({ odds }) => odds), others: others.map(({ odds }) => odds), isRight };
}

/** How sure the engine is of a first cause under a sharpness. */
export function confidenceOf({ own, others }: FirstCause, sharpness: number): number {
  const highest = Math.max(...own, ...others);
  const sum = (odds: readonly number[]) =>
    odds.reduce((total, one) => total + Math.exp(sharpness * (one - highest)), 0);
  return Math.min(confidenceMax, sum(own) / (sum(own) + sum(others)));
}

/**
 * The sharpness under which what came out is likeliest, by golden section: temperature scaling (Guo et al. 2017) of the first cause, one number, so that it
 * can't learn the cases.
 */
export function fitSharpness(cases: readonly FirstCause[]): number {
  const loss = (sharpness: number) =>
    cases.reduce((sum, one) => {
      const confidence = confidenceOf(one, sharpness);
      return sum - Math.log(Math.max(1e-6, one.isRight ? confidence : 1 - confidence));
    }, 0);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [from, to] = [least as number, most as number];
  while (to - from > 0.005) {
    const [low, high] = [to - golden * (to - from), from + golden * (to - from)];
    if (loss(low) <= loss(high)) to = high;
    else from = low;
  }
  return (from + to) / 2;
}
