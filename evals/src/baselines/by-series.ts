import { type Baseline, bestOfSeries, deviation, finite, mean, quantile } from "./evidence.ts";

/** Largest distance from the normal mean in normal standard deviations, as RCAEval's N-Sigma (Pham et al., ASE 2024); series that stand still are left out. */
export const nSigma: Baseline = (evidence) =>
  bestOfSeries(evidence, ({ normal, bad }) => {
    const usual = finite(normal);
    const spread = deviation(usual);
    if (!(spread > 0)) return Number.NaN;
    return Math.max(...finite(bad).map((value) => Math.abs(value - mean(usual)) / spread));
  });

/** The same with median and interquartile range: BARO's RobustScorer (Pham et al., FSE 2024). */
export const robustScorer: Baseline = (evidence) =>
  bestOfSeries(evidence, ({ normal, bad }) => {
    const usual = finite(normal);
    const spread = quantile(usual, 0.75) - quantile(usual, 0.25);
    if (!(spread > 0)) return Number.NaN;
    return Math.max(...finite(bad).map((value) => Math.abs(value - quantile(usual, 0.5)) / spread));
  });

const sampleMax = 60;

/** Energy distance between normal and bad samples, normalised to 0..1: what ε-diagnosis tests for (Shan et al., WWW 2019). */
export const epsilonDiagnosis: Baseline = (evidence) =>
  bestOfSeries(evidence, ({ normal, bad }) => {
    const a = thin(finite(normal));
    const b = thin(finite(bad));
    if (a.length < 2 || b.length < 2) return Number.NaN;
    const between = meanDistance(a, b);
    return between === 0 ? 0 : (2 * between - meanDistance(a, a) - meanDistance(b, b)) / (2 * between);
  });

function thin(values: readonly number[]): number[] {
  const step = Math.max(1, values.length / sampleMax);
  return Array.from({ length: Math.min(sampleMax, values.length) }, (_, at) => values[Math.floor(at * step)] ?? 0);
}

function meanDistance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const x of a) for (const y of b) sum += Math.abs(x - y);
  return sum / (a.length * b.length);
}
