import { ownCondition } from "../../../analysis/detection/detectors/own-condition.ts";
import { quantileOfSorted, sortedFinite } from "../../../analysis/detection/quantile.ts";
import type { Log } from "../../../platform/log/log.ts";
import type { StoredSeries, TelemetryStore } from "../../telemetry/index.ts";
import { ExpressionError, evaluateExpression, parseExpression } from "../../workflow/index.ts";
import type { Detector } from "../detectors/built-in-detectors.ts";
import { byPlace } from "./look-at-restarts.ts";
import { bareFacts, looksAt, rounded, type Sighting } from "./look-at-streams.ts";
import { endOfSteps, fill, type Grid, SERIES_MAX, STEP_MS } from "./watched-streams.ts";

const USUAL_MS = 3_600_000;
/** How far back the beginning of what holds is looked for. */
const ONSET_MS = 1_800_000;
/** What one detector may take of a look, for all services; a usual condition takes 5 µs a step. */
const DETECTOR_MS_MAX = 1_000;

type OwnDetector = Extract<Detector, { kind: "custom" }>;

/** What a name of a condition stands for at one step. */
interface Value {
  readonly now: number;
  readonly usual: number;
  readonly min: number;
  readonly max: number;
  readonly points: number;
}

/**
 * What the project's own conditions say, by one read for all of them. A condition is evaluated at each of the newest steps for
 * every service that has all of its series, with the language of workflows; one that fails says nothing and is logged.
 */
export async function lookAtOwn(
  deps: { readonly telemetry: TelemetryStore; readonly log: Log },
  projectId: string,
  detectorsOf: (service: string) => readonly Detector[],
  known: readonly OwnDetector[],
  now: Date,
): Promise<readonly Sighting[]> {
  if (known.length === 0) return [];
  const toMs = endOfSteps(now, STEP_MS);
  const backMs =
    Math.max(...known.map(({ settings }) => settings.window_s + settings.for_s)) * 1000 + USUAL_MS + ONSET_MS;
  const grid = { fromMs: toMs - Math.ceil(backMs / STEP_MS) * STEP_MS, toMs, stepMs: STEP_MS };
  const metrics = [
    ...new Set(known.flatMap(({ settings }) => Object.values(settings.series).map(({ metric }) => metric))),
  ];
  const series = await deps.telemetry.readSeries({ projectId, metrics, ...grid, seriesMax: SERIES_MAX });
  const sightings: Sighting[] = [];
  const spentMs = new Map<string, number>();
  for (const [place, ofPlace] of byPlace(series)) {
    for (const detector of detectorsOf(place.serviceKey.split("/").slice(2).join("/"))) {
      if (detector.kind !== "custom" || !looksAt(detector, place)) continue;
      const columns = columnsOf(detector, ofPlace, grid);
      if (columns === null) continue;
      const spent = spentMs.get(detector.name) ?? 0;
      if (spent > DETECTOR_MS_MAX) continue;
      const startedAtMs = performance.now();
      const seen = ownCondition(
        { ...judge(deps.log, detector, columns, grid), ...grid },
        detector.settings.for_s * 1000,
      );
      spentMs.set(detector.name, spent + performance.now() - startedAtMs);
      sightings.push({ ...place, detector, triggerType: "custom", seen, facts: bareFacts(seen) });
    }
  }
  for (const [detector, spent] of spentMs)
    if (spent > DETECTOR_MS_MAX)
      deps.log.warn(
        { projectId, detector, spentMs: Math.round(spent) },
        "a detector's condition takes too long: some services were not judged",
      );
  return sightings;
}

/** A column for each name; null where the service lacks one. Several series of a name add up, as rates do; gauges give their mean. */
function columnsOf(
  { settings }: OwnDetector,
  series: readonly StoredSeries[],
  grid: Grid,
): ReadonlyMap<string, Float64Array> | null {
  const columns = new Map<string, Float64Array>();
  for (const [name, { metric, labels }] of Object.entries(settings.series)) {
    const own = series.filter(
      (one) => one.metric === metric && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    );
    const [first] = own;
    if (first === undefined) return null;
    const filled = own.map((one) => {
      const column = new Float64Array(Math.round((grid.toMs - grid.fromMs) / grid.stepMs)).fill(Number.NaN);
      fill(column, one, grid);
      return column;
    });
    columns.set(name, combine(filled, first.kind === "gauge"));
  }
  return columns;
}

function combine(columns: readonly Float64Array[], isMean: boolean): Float64Array {
  const [first] = columns;
  if (first === undefined || columns.length === 1) return first ?? new Float64Array();
  return first.map((_, at) => {
    const values = columns.flatMap((column) => (Number.isFinite(column[at]) ? [column[at] ?? 0] : []));
    const sum = values.reduce((total, value) => total + value, 0);
    return values.length === 0 ? Number.NaN : isMean ? sum / values.length : sum;
  });
}

/**
 * The condition at the newest steps, back to where it did not hold, half an hour before it must at most: so its beginning is known and
 * what does not hold costs one evaluation. With its words and what it saw last.
 */
function judge(
  log: Log,
  { name, settings }: OwnDetector,
  columns: ReadonlyMap<string, Float64Array>,
  grid: Grid,
): { readonly judged: readonly (boolean | null)[]; readonly text: string } {
  const expression = parseExpression(settings.condition);
  const length = Math.round((grid.toMs - grid.fromMs) / grid.stepMs);
  const steps = Math.ceil((settings.for_s * 1000 + ONSET_MS) / grid.stepMs);
  const judged: (boolean | null)[] = [];
  let newest: ReadonlyMap<string, Value> | null = null;
  for (let end = length; end > length - steps && judged[0] !== false; end -= 1) {
    const values = valuesAt(columns, end, settings.window_s * 1000, grid.stepMs);
    newest ??= values;
    const isTrue = values === null ? null : holds(log, name, expression, values);
    judged.unshift(isTrue);
    // One that fails does so at each step, and says so once a look.
    if (isTrue === null && values !== null) break;
  }
  const saw = [...(newest ?? [])].map(
    ([of, { now, usual }]) => `${of} ${rounded(now)} (usually ${rounded(usual) ?? "unknown"})`,
  );
  return { judged, text: `${settings.condition}: ${saw.join(", ")}.` };
}

/** Null where the condition fails on what it meets. */
function holds(
  log: Log,
  detector: string,
  expression: ReturnType<typeof parseExpression>,
  values: ReadonlyMap<string, Value>,
): boolean | null {
  try {
    return evaluateExpression(expression, values) === true;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    log.warn({ detector, reason: error.reason }, "a detector's condition failed on what it saw");
    return null;
  }
}

function valuesAt(
  columns: ReadonlyMap<string, Float64Array>,
  end: number,
  windowMs: number,
  stepMs: number,
): Map<string, Value> | null {
  const back = Math.max(1, Math.round(windowMs / stepMs));
  const usualSteps = Math.round(USUAL_MS / stepMs);
  const values = new Map<string, Value>();
  for (const [name, column] of columns) {
    const window = sortedFinite(column.subarray(Math.max(0, end - back), end));
    if (window.length === 0) return null;
    const before = sortedFinite(column.subarray(Math.max(0, end - back - usualSteps), Math.max(0, end - back)));
    const now = window.reduce((sum, value) => sum + value, 0) / window.length;
    values.set(name, {
      now,
      // Without a history what is now is as usual as anything: a comparison with it holds nothing against a new service.
      usual: before.length === 0 ? now : quantileOfSorted(before, 0.5),
      min: window[0] ?? now,
      max: window[window.length - 1] ?? now,
      points: window.length,
    });
  }
  return values;
}
