import type { MetricKind } from "@culprit/contract";
import {
  joinPoints,
  lookbackMs,
  type MetricName,
  type PointColumns,
  type SeriesQuery,
  type StoredSeries,
  stepSeries,
  writeRef,
} from "../../domains/telemetry/index.ts";
import type { ClickHouse } from "./clickhouse-client.ts";
import { MS, seriesConditions } from "./conditions.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
const POINTS_WINDOW_MS = 2 * DAY_MS;

/** A series with its points, as ClickHouse groups them. */
export interface GroupedSeries {
  readonly serviceKey: string;
  readonly environment: string;
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

const IDENTITY = "service_key, metric_name, environment, kind, labels";
const SERIES = `service_key AS serviceKey, environment, metric_name AS metric, kind, any(unit) AS unit, labels`;

/** The series of a query with their values in steps; those without any value in the window are left out. */
export async function readSeries(
  clickhouse: ClickHouse,
  query: SeriesQuery,
  keptFromMs: number,
): Promise<StoredSeries[]> {
  const edgeMs = await rolledUpTo(clickhouse, query, keptFromMs);
  const found = new Map<string, { series: GroupedSeries; pieces: PointColumns[] }>();
  const add = (series: GroupedSeries, piece: PointColumns) => {
    if (piece.times.length === 0) return;
    const key = JSON.stringify([series.serviceKey, series.metric, series.environment, series.kind, series.labels]);
    const one = found.get(key) ?? { series, pieces: [] };
    one.pieces.push(piece);
    found.set(key, one);
  };
  if (edgeMs > query.fromMs)
    for (const series of await readRollups(clickhouse, { ...query, toMs: edgeMs })) add(series, columnsOf(series));
  if (edgeMs < query.toMs) {
    const fromMs = Math.max(edgeMs, query.fromMs);
    for (const series of await readPoints(clickhouse, query, fromMs)) {
      const points = joinPoints([columnsOf(series)]);
      const { times, avgs } = stepSeries(series.kind, points, { fromMs, toMs: query.toMs, stepMs: query.stepMs });
      add(series, { times, values: avgs });
    }
  }
  return [...found.values()]
    .slice(0, query.seriesMax)
    .map(({ series, pieces }) => storedSeries(query, series, joinPoints(pieces)));
}

/** The points of the series that have one from `fromMs` on, and those shortly before. */
export function readPoints(
  clickhouse: ClickHouse,
  query: SeriesQuery,
  fromMs: number,
): Promise<readonly GroupedSeries[]> {
  const { where, params } = seriesConditions(query, fromMs - lookbackMs(query.stepMs));
  return clickhouse.rows<GroupedSeries>(
    `SELECT ${SERIES}, groupArray(${MS("ts")}) AS times, groupArray(value) AS values FROM metric_points
     WHERE ${where} GROUP BY ${IDENTITY} HAVING max(ts) >= fromUnixTimestamp64Milli({begin:Int64}, 'UTC')
     ORDER BY service_key, metric_name, environment, kind, toString(labels) LIMIT {max:UInt32}`,
    { ...params, begin: Math.floor(fromMs), max: query.seriesMax },
  );
}

/** The names of series that have points in the window. */
export async function listSeries(
  clickhouse: ClickHouse,
  query: Omit<SeriesQuery, "stepMs">,
  keptFromMs: number,
): Promise<readonly MetricName[]> {
  const { where, params } = seriesConditions(query);
  const columns = "service_key, metric_name, environment, kind, unit, labels";
  const rolledUp =
    query.fromMs < keptFromMs ? `UNION DISTINCT SELECT DISTINCT ${columns} FROM metric_rollups_1h WHERE ${where}` : "";
  const rows = await clickhouse.rows<Omit<MetricName, "unit"> & { unit: string }>(
    `SELECT service_key AS serviceKey, metric_name AS metric, min(kind) AS kind, min(unit) AS unit, toUInt32(count()) AS series FROM (
       SELECT * FROM (SELECT DISTINCT ${columns} FROM metric_points WHERE ${where} ${rolledUp})
       ORDER BY service_key, metric_name LIMIT {max:UInt32})
     GROUP BY service_key, metric_name ORDER BY service_key, metric_name`,
    { ...params, max: query.seriesMax },
  );
  return rows.map((row) => ({ ...row, unit: row.unit === "" ? null : row.unit }));
}

function readRollups(clickhouse: ClickHouse, query: SeriesQuery): Promise<readonly GroupedSeries[]> {
  const { stepMs } = query;
  const table = stepMs % HOUR_MS === 0 || stepMs % FIVE_MINUTES_MS !== 0 ? "metric_rollups_1h" : "metric_rollups_5m";
  const { where, params } = seriesConditions(query);
  return clickhouse.rows<GroupedSeries>(
    `SELECT serviceKey, environment, metric, kind, any(unit) AS unit, labels, groupArray(step) AS times, groupArray(mean) AS values FROM (
       SELECT service_key AS serviceKey, environment, metric_name AS metric, kind, any(unit) AS unit, labels,
         intDiv(${MS("ts")}, {step:Int64}) * {step:Int64} AS step, sum(avg * points) / sum(points) AS mean
       FROM ${table} FINAL WHERE ${where} GROUP BY serviceKey, environment, metric, kind, labels, step)
     GROUP BY serviceKey, metric, environment, kind, labels
     ORDER BY serviceKey, metric, environment, kind, toString(labels) LIMIT {max:UInt32}`,
    { ...params, step: stepMs, max: query.seriesMax },
  );
}

/** The end of that part of the window which is answered out of steps: a window that is long and coarse, or older than points are kept. */
async function rolledUpTo(
  clickhouse: ClickHouse,
  { projectId, fromMs, toMs, stepMs }: SeriesQuery,
  keptFromMs: number,
): Promise<number> {
  const isCoarse = stepMs % FIVE_MINUTES_MS === 0 && toMs - fromMs > POINTS_WINDOW_MS;
  if (!isCoarse && fromMs >= keptFromMs) return fromMs;
  const [row] = await clickhouse.rows<{ days: number; last: number }>(
    `SELECT toUInt32(count()) AS days, toUnixTimestamp(toDateTime(max(day), 'UTC')) AS last FROM metric_days
     WHERE project_id = {project:UUID} AND day <= toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))`,
    { project: projectId, to: Math.floor(toMs) },
  );
  if (row === undefined || row.days === 0) return fromMs;
  return Math.min(toMs, Math.max(fromMs, row.last * 1000 + DAY_MS));
}

function columnsOf({ times, values }: GroupedSeries): PointColumns {
  return { times: Float64Array.from(times), values: Float64Array.from(values) };
}

function storedSeries(query: SeriesQuery, series: GroupedSeries, { times, values }: PointColumns): StoredSeries {
  const { serviceKey, environment, metric, kind, unit, labels } = series;
  const ref = writeRef("clickhouse", {
    ...{ table: "metric_points", fromMs: query.fromMs, toMs: query.toMs, stepMs: query.stepMs, seriesMax: 1 },
    ...{ serviceKeys: [serviceKey], environment, metrics: [metric], labels, isExact: true },
  });
  return { serviceKey, environment, metric, kind, unit: unit === "" ? null : unit, labels, times, values, ref };
}
