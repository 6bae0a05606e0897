import { nSigma } from "./by-series.ts";
import { type Baseline, type Evidence, type EvidenceSeries, mean } from "./evidence.ts";

/** The target's series that moved most: what the others are compared with. */
function symptom(evidence: Evidence): EvidenceSeries | null {
  const own = evidence.series.filter((series) => series.component === evidence.target);
  let best: EvidenceSeries | null = null;
  let bestScore = -1;
  for (const series of own) {
    const score = nSigma({ ...evidence, series: [series] }).get(series.component) ?? 0;
    if (score > bestScore) [best, bestScore] = [series, score];
  }
  return best;
}

/** Pearson's correlation over what both have, resampled to equal length where their steps differ. */
function correlation(a: EvidenceSeries, b: EvidenceSeries): number {
  const [x, y] = [
    [...a.normal, ...a.bad],
    [...b.normal, ...b.bad],
  ];
  const length = Math.min(x.length, y.length);
  const pairs = Array.from({ length }, (_, at): readonly [number, number] => [
    x[Math.floor((at * x.length) / length)] ?? Number.NaN,
    y[Math.floor((at * y.length) / length)] ?? Number.NaN,
  ]).filter(([left, right]) => Number.isFinite(left) && Number.isFinite(right));
  if (pairs.length < 3) return 0;
  const [mx, my] = [mean(pairs.map(([left]) => left)), mean(pairs.map(([, right]) => right))];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [left, right] of pairs) {
    xy += (left - mx) * (right - my);
    xx += (left - mx) ** 2;
    yy += (right - my) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/** Components by their best correlation with the target's symptom ("ranked correlation" of PetShop, Hardt et al. 2024). */
export const rankedCorrelation: Baseline = (evidence) => {
  const noticed = symptom(evidence);
  const scores = new Map<string, number>();
  if (noticed === null) return scores;
  for (const series of evidence.series) {
    if (series === noticed) continue;
    const value = Math.abs(correlation(noticed, series));
    scores.set(series.component, Math.max(scores.get(series.component) ?? 0, value));
  }
  return scores;
};

const anomalousMin = 5;

/** From the target along calls to whatever is anomalous: those without an anomalous callee come first (traversal, as PetShop's baseline and MicroScope do). */
export const traversal: Baseline = (evidence) => {
  const unusual = nSigma(evidence);
  const isAnomalous = (component: string) => (unusual.get(component) ?? 0) >= anomalousMin;
  const scores = new Map<string, number>();
  const seen = new Set<string>();
  const open = evidence.target === null ? [...evidence.components] : [evidence.target];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const callees = evidence.edges.filter((edge) => edge.from === next && isAnomalous(edge.to)).map(({ to }) => to);
    const rank = Math.min(0.999, (unusual.get(next) ?? 0) / 1e6);
    scores.set(next, (isAnomalous(next) && callees.length === 0 ? 2 : 1) + rank);
    if (evidence.target !== null) open.push(...callees);
  }
  for (const [component, value] of unusual)
    if (!scores.has(component)) scores.set(component, Math.min(0.999, value / 1e6));
  return scores;
};

const restart = 0.15;
const rounds = 60;

/** Random walk with restart from the target to callees, drawn by correlation, now and then back (MonitorRank, Kim et al. 2013). */
export const randomWalk: Baseline = (evidence) => {
  const similar = rankedCorrelation(evidence);
  const start = evidence.target ?? evidence.components[0];
  if (start === undefined) return new Map();
  const steps = new Map<string, { to: string; weight: number }[]>();
  const add = (from: string, to: string, weight: number) =>
    steps.set(from, [...(steps.get(from) ?? []), { to, weight }]);
  for (const { from, to } of evidence.edges) {
    add(from, to, similar.get(to) ?? 0.01);
    add(to, from, 0.2 * (similar.get(from) ?? 0.01));
  }
  for (const component of evidence.components) add(component, component, 0.1);
  let place = new Map([[start, 1]]);
  for (let round = 0; round < rounds; round++) {
    const next = new Map([[start, restart]]);
    for (const [from, mass] of place) {
      const choices = steps.get(from) ?? [];
      const total = choices.reduce((sum, { weight }) => sum + weight, 0);
      for (const { to, weight } of choices)
        next.set(to, (next.get(to) ?? 0) + ((1 - restart) * mass * weight) / Math.max(total, 1e-12));
    }
    place = next;
  }
  place.delete(start);
  return place;
};

/** Reciprocal-rank fusion (Cormack et al. 2009) with its usual constant. */
export const fuse =
  (...methods: readonly Baseline[]): Baseline =>
  (evidence) => {
    const scores = new Map<string, number>();
    for (const method of methods) {
      const ranked = [...method(evidence)].sort((a, b) => b[1] - a[1]);
      ranked.forEach(([component, value]) => {
        const rank = ranked.findIndex(([, other]) => other === value) + 1;
        scores.set(component, (scores.get(component) ?? 0) + 1 / (60 + rank));
      });
    }
    return scores;
  };
