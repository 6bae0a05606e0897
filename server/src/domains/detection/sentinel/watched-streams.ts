import type { Stream } from "../../../analysis/detection/detectors/stream.ts";
import { redNames, type SeriesQuery, type StoredSeries, type TelemetryReader } from "../../telemetry/index.ts";

const names = { requests: redNames.requests, errors: redNames.errors, p99: redNames.p99 } as const;
export type Measure = keyof typeof names;
/** What exporters and flushes hold back. */
const GRACE_MS = 10_000;
export const STEP_MS = 30_000;
const WINDOW_MS = 75 * 60_000;
export const SLOW_STEP_MS = 300_000;
const SLOW_WINDOW_MS = 6 * 3_600_000;
export const SERIES_MAX = 20_000;

/** Which stream: a service in an environment, or one of its routes (`""` for all of them). */
export interface StreamPlace {
  readonly serviceKey: string;
  readonly environment: string;
  readonly route: string;
}

/** A stream with the references by which its series are read again. */
export interface WatchedStream extends StreamPlace, Stream {
  readonly refs: readonly { readonly measure: Measure; readonly ref: string }[];
}

export function keyOf({ serviceKey, environment, route }: StreamPlace): string {
  return `${serviceKey}\n${environment}\n${route}`;
}

/** The end of the newest step that is told of wholly. */
export function endOfSteps(now: Date, stepMs: number): number {
  return Math.floor((now.getTime() - GRACE_MS) / stepMs) * stepMs;
}

/**
 * The last 75 minutes of each service and route of a project in steps of 30 s, by one read; edges between services are left out. Where there are more series than
 * one read brings, another brings all services, and `onCut` is told that some routes are missing.
 */
export function readStreams(
  store: Pick<TelemetryReader, "readSeries">,
  projectId: string,
  now: Date,
  onCut?: () => void,
): Promise<Map<string, WatchedStream>> {
  return read(store, projectId, lastSteps(now), onCut);
}

/** The same of services as wholes. */
export async function readServices(
  store: Pick<TelemetryReader, "readSeries">,
  projectId: string,
  now: Date,
): Promise<readonly WatchedStream[]> {
  const grid = lastSteps(now);
  return [...streamsOf(await store.readSeries({ ...queryOf(projectId, grid), ...ofServices }), grid).values()];
}

function lastSteps(now: Date): Grid {
  const toMs = endOfSteps(now, STEP_MS);
  return { fromMs: toMs - WINDOW_MS, toMs, stepMs: STEP_MS };
}

/** The last six hours in steps of five minutes. */
export function readSlowStreams(
  store: Pick<TelemetryReader, "readSeries">,
  projectId: string,
  now: Date,
): Promise<Map<string, WatchedStream>> {
  const toMs = endOfSteps(now, SLOW_STEP_MS);
  return read(store, projectId, { fromMs: toMs - SLOW_WINDOW_MS, toMs, stepMs: SLOW_STEP_MS });
}

/** One hour of them, by its beginning. */
export function readHour(
  store: Pick<TelemetryReader, "readSeries">,
  projectId: string,
  hourMs: number,
): Promise<Map<string, WatchedStream>> {
  return read(store, projectId, { fromMs: hourMs, toMs: hourMs + 3_600_000, stepMs: 60_000 });
}

async function read(
  store: Pick<TelemetryReader, "readSeries">,
  projectId: string,
  grid: Grid,
  onCut?: () => void,
): Promise<Map<string, WatchedStream>> {
  const query = queryOf(projectId, grid);
  const series = await store.readSeries(query);
  if (series.length < SERIES_MAX) return streamsOf(series, grid);
  // They come by name: without this, services late in the alphabet would be watched by nobody.
  onCut?.();
  const services = await store.readSeries({ ...query, ...ofServices });
  return streamsOf([...services, ...series.filter((one) => routeOf(one) !== "")], grid);
}

/** Series of whole services have no labels. */
const ofServices = { labels: {}, isExact: true } as const;

function queryOf(projectId: string, grid: Grid): SeriesQuery {
  return { projectId, ...grid, seriesMax: SERIES_MAX, metrics: Object.values(names) };
}

function streamsOf(series: readonly StoredSeries[], grid: Grid): Map<string, WatchedStream> {
  const streams = new Map<string, WatchedStream>();
  for (const one of series) {
    const route = routeOf(one);
    const measure = measureOf(one.metric);
    if (route === null || measure === null) continue;
    const place = { serviceKey: one.serviceKey, environment: one.environment, route };
    const stream = streams.get(keyOf(place)) ?? emptyStream(place, grid);
    fill(stream[measure], one, grid);
    streams.set(keyOf(place), { ...stream, refs: [...stream.refs, { measure, ref: one.ref }] });
  }
  return streams;
}

/** The route of a series, `""` for one of the whole service, null for one of an edge. */
function routeOf({ labels }: StoredSeries): string | null {
  const names = Object.keys(labels);
  if (names.length === 0) return "";
  return names.length === 1 ? (labels.route ?? null) : null;
}

function measureOf(metric: string): Measure | null {
  for (const name of ["requests", "errors", "p99"] as const) if (names[name] === metric) return name;
  return null;
}

export interface Grid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

function emptyStream(place: StreamPlace, { fromMs, toMs, stepMs }: Grid): WatchedStream {
  const column = () => new Float64Array(Math.round((toMs - fromMs) / stepMs)).fill(Number.NaN);
  return { ...place, stepMs, toMs, requests: column(), errors: column(), p99: column(), refs: [] };
}

/** Puts the values of a series into their steps. */
export function fill(
  column: Float64Array,
  { times, values }: Pick<StoredSeries, "times" | "values">,
  grid: Grid,
): void {
  for (let at = 0; at < times.length; at += 1) {
    const step = Math.floor(((times[at] ?? Number.NaN) - grid.fromMs) / grid.stepMs);
    if (step >= 0 && step < column.length) column[step] = values[at] ?? Number.NaN;
  }
}
