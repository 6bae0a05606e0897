/** What the baselines look at: values before and during the trouble, and who calls whom. */
export interface Evidence {
  readonly components: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly series: readonly EvidenceSeries[];
  /** Where it was noticed, where that is known. */
  readonly target: string | null;
}

export interface EvidenceSeries {
  readonly component: string;
  readonly metric: string;
  /** NaN is missing. */
  readonly normal: readonly number[];
  readonly bad: readonly number[];
}

/** A score for each component, higher is likelier; components without data get none. */
export type Baseline = (evidence: Evidence) => ReadonlyMap<string, number>;

/** The largest of each component's series. */
export function bestOfSeries(evidence: Evidence, score: (series: EvidenceSeries) => number): Map<string, number> {
  const best = new Map<string, number>();
  for (const series of evidence.series) {
    const value = score(series);
    if (Number.isFinite(value)) best.set(series.component, Math.max(best.get(series.component) ?? 0, value));
  }
  return best;
}

export const finite = (values: readonly number[]): number[] => values.filter((value) => Number.isFinite(value));
export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
export const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
