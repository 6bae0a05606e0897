import { crashLoop, growthOf } from "../../../analysis/detection/detectors/crash-loop.ts";
import type { StoredSeries, TelemetryStore } from "../../telemetry/index.ts";
import { builtInDetectors, type Detector } from "../detectors/built-in-detectors.ts";
import { bareFacts, looksAt, type Sighting, serviceNameOf } from "./look-at-streams.ts";
import { endOfSteps, fill, keyOf, SERIES_MAX, STEP_MS, type StreamPlace } from "./watched-streams.ts";

type CrashDetector = Extract<Detector, { kind: "crashloop" }>;

/** What the detectors of crash loops see in the counts of restarts of a project, by one read for all services. */
export async function lookAtRestarts(
  telemetry: TelemetryStore,
  projectId: string,
  detectorsOf: (service: string) => readonly Detector[],
  now: Date,
): Promise<readonly Sighting[]> {
  const common = detectorsOf("").filter(isCrash);
  const known = common.length > 0 ? common : builtInDetectors.filter(isCrash);
  const windowMs = 1000 * Math.max(...known.map(({ settings }) => settings.window_s));
  const metrics = [...new Set(known.flatMap(({ settings }) => settings.metrics))];
  const toMs = endOfSteps(now, STEP_MS);
  // A gauge's growth needs the value before.
  const grid = { fromMs: toMs - Math.ceil(windowMs / STEP_MS) * STEP_MS - STEP_MS, toMs, stepMs: STEP_MS };
  const series = await telemetry.readSeries({ projectId, metrics, ...grid, seriesMax: SERIES_MAX });
  const sightings: Sighting[] = [];
  for (const [place, ofPlace] of byPlace(series)) {
    for (const detector of detectorsOf(serviceNameOf(place.serviceKey)).filter(isCrash)) {
      if (!looksAt(detector, place)) continue;
      const own = ofPlace.filter(({ metric }) => detector.settings.metrics.includes(metric));
      if (own.length === 0) continue;
      const seen = crashLoop(
        { stepMs: STEP_MS, toMs, series: own.map((one) => restartsOf(one, grid)) },
        detector.settings,
      );
      sightings.push({ ...place, detector, triggerType: "crashloop", seen, facts: bareFacts(seen) });
    }
  }
  return sightings;
}

function isCrash(detector: Detector): detector is CrashDetector {
  return detector.kind === "crashloop";
}

/** Restarts of each step. */
function restartsOf(series: StoredSeries, grid: Parameters<typeof fill>[2]): Float64Array {
  const column = new Float64Array(Math.round((grid.toMs - grid.fromMs) / grid.stepMs)).fill(Number.NaN);
  fill(column, series, grid);
  return series.kind === "gauge" ? growthOf(column) : column.map((rate) => (rate * grid.stepMs) / 1000);
}

/** Series of the same service and environment together. */
export function byPlace(series: readonly StoredSeries[]): readonly (readonly [StreamPlace, readonly StoredSeries[]])[] {
  const places = new Map<string, { place: StreamPlace; series: StoredSeries[] }>();
  for (const one of series) {
    const place = { serviceKey: one.serviceKey, environment: one.environment, route: "" };
    const known = places.get(keyOf(place)) ?? { place, series: [] };
    known.series.push(one);
    places.set(keyOf(place), known);
  }
  return [...places.values()].map(({ place, series }) => [place, series] as const);
}
