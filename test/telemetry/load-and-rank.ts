/**
 * Loads series out of a database, as an investigation does, and ranks their components, again and again until told to stop: what the
 * bench of telemetry measures beside intake. Usage: `load-and-rank.ts DATABASE_URL PROJECT_ID FROM_MS SERIES ROUNDS`; prints a line of JSON.
 */
import { measureOfMetric } from "../../server/src/analysis/observations/measure-of-metric.ts";
import type { Observations } from "../../server/src/analysis/observations/observations.ts";
import { rankComponents } from "../../server/src/analysis/ranking/components/rank-components.ts";
import { openPostgresTelemetry, type StoredSeries } from "../../server/src/domains/telemetry/index.ts";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { openDatabase } from "../../server/src/platform/db/open-database.ts";

const HOUR_MS = 3_600_000;
const [url = "", projectId = "", from = "", seriesMax = "", rounds = ""] = process.argv.slice(2);
const fromMs = Number(from);
const database = await openDatabase({ kind: "url", url, allowInsecure: false, pool: { size: 1 } }, { log: silentLog });
const store = openPostgresTelemetry({
  ...{ database, log: silentLog, now: () => new Date(), keepDays: 14, isFolding: false },
});
const measured: { loadMs: number; rankMs: number; series: number; points: number; ranked: number }[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const startedAt = performance.now();
  const window = { projectId, fromMs, toMs: fromMs + HOUR_MS };
  const names = await store.listSeries({ ...window, seriesMax: 2 * Number(seriesMax) });
  const series = await store.readSeries({
    ...{ ...window, stepMs: 15_000, seriesMax: Number(seriesMax) },
    serviceKeys: [...new Set(names.map(({ serviceKey }) => serviceKey))],
    metrics: [...new Set(names.map(({ metric }) => metric))],
  });
  const loadedAt = performance.now();
  const ranked = rankComponents(observationsOf(series));
  measured.push({
    loadMs: loadedAt - startedAt,
    rankMs: performance.now() - loadedAt,
    series: series.length,
    points: series.reduce((sum, { values }) => sum + values.length, 0),
    ranked: ranked.length,
  });
}
console.log(JSON.stringify(measured));
await store.close();
await database.close();

/** The last ten minutes against the fifty before. */
function observationsOf(stored: readonly StoredSeries[]): Observations {
  const cut = fromMs + (HOUR_MS * 5) / 6;
  const keys = [...new Set(stored.map(({ serviceKey }) => serviceKey))];
  return {
    baseline: { from: fromMs, to: cut },
    incident: { from: cut, to: fromMs + HOUR_MS },
    target: null,
    components: keys.map((key) => ({ key, name: key, kind: "service", isOwned: true, partOf: null })),
    edges: keys.slice(1).map((to, index) => ({ from: keys[index] ?? to, to })),
    series: stored.map(({ serviceKey, metric, unit, labels, times, values, ref }) => ({
      ...{ id: ref, component: serviceKey, metric, unit, callee: null, statistic: null, times, values, ref },
      measure: measureOfMetric({ name: metric, unit, labels }),
    })),
    ...{ logs: [], operations: [], changes: [], gaps: [], links: [], spanPatterns: [] },
  };
}
