import { harmOf, shiftOf, strengthOf } from "../../inspections/observed/series-shift.ts";
import type { ComponentScore } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";

/** Components by their most unusual series (robust scorer of BARO, Pham et al., FSE 2024), best first. */
export function rankComponents(observations: Observations): ComponentScore[] {
  const best = new Map<string, ComponentScore>();
  for (const series of observations.series) {
    const shift = shiftOf(series, observations.baseline, observations.incident);
    const strength = strengthOf(harmOf(series.measure, shift));
    const known = best.get(series.component);
    if (known !== undefined && known.score >= strength) continue;
    const text = `${series.metric} moved by ${shift.z.toFixed(1)} robust standard deviations`;
    best.set(series.component, {
      component: series.component,
      score: strength,
      seriesId: series.id,
      metric: series.metric,
      onsetAt: null,
      parts: [{ method: "robust_shift", strength, text, ref: series.ref }],
    });
  }
  for (const { key } of observations.components)
    if (!best.has(key))
      best.set(key, { component: key, score: 0, seriesId: null, metric: null, onsetAt: null, parts: [] });
  return [...best.values()].sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
}
