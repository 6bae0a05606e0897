import { joinPoints, stepSeries } from "../../domains/telemetry/index.ts";
import type { ClickHouse } from "./clickhouse-client.ts";
import { type GroupedSeries, readPoints } from "./read-series.ts";
import { dateTime } from "./write-rows.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SETTLED_MS = 6 * HOUR_MS;
const SERIES_MAX = 100_000;
const ROWS_AT_ONCE = 50_000;

const TIERS = [
  { table: "metric_rollups_5m", stepMs: 300_000 },
  { table: "metric_rollups_1h", stepMs: HOUR_MS },
] as const;

/** Days that each tier is kept; 0 is for ever. */
export interface KeptDays {
  readonly keepDays: number;
  readonly rollup5mDays: number;
  readonly rollup1hDays: number;
}

/** Rolls up each day that is over and has other points than when it was last done. */
export async function rollUpDays(clickhouse: ClickHouse, now: Date): Promise<void> {
  const days = await clickhouse.rows<{ projectId: string; day: string; points: number }>(
    `SELECT p.project_id AS projectId, p.day AS day, p.points AS points FROM (
       SELECT project_id, toDate(ts) AS day, count() AS points FROM metric_points
       WHERE ts < fromUnixTimestamp64Milli({before:Int64}, 'UTC') GROUP BY project_id, day) AS p
     LEFT ANTI JOIN (SELECT project_id, day, points FROM metric_days FINAL) AS d USING (project_id, day, points)
     ORDER BY day, projectId`,
    { before: Math.floor((now.getTime() - SETTLED_MS) / DAY_MS) * DAY_MS },
  );
  for (const { projectId, day, points } of days) {
    await rollUpDay(clickhouse, projectId, Date.parse(day), now);
    await clickhouse.insert("metric_days", [
      { project_id: projectId, day, points, rolled_up_at: dateTime(now.getTime()) },
    ]);
  }
}

async function rollUpDay(clickhouse: ClickHouse, projectId: string, dayMs: number, now: Date): Promise<void> {
  const window = { fromMs: dayMs, toMs: dayMs + DAY_MS };
  const services = await clickhouse.rows<{ serviceKey: string; metric: string }>(
    `SELECT DISTINCT service_key AS serviceKey, metric_name AS metric FROM metric_points
     WHERE project_id = {project:UUID} AND toDate(ts) = {day:Date} ORDER BY serviceKey, metric`,
    { project: projectId, day: new Date(dayMs).toISOString().slice(0, 10) },
  );
  for (const { serviceKey, metric } of services) {
    const query = {
      projectId,
      ...window,
      serviceKeys: [serviceKey],
      metrics: [metric],
      seriesMax: SERIES_MAX,
      stepMs: HOUR_MS,
    };
    const found = await readPoints(clickhouse, query, dayMs);
    for (const { table, stepMs } of TIERS) {
      const rows = found.flatMap((series) => stepRows(projectId, series, { ...window, stepMs }, now));
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
        await clickhouse.insert(table, rows.slice(at, at + ROWS_AT_ONCE));
    }
  }
}

function stepRows(
  projectId: string,
  series: GroupedSeries,
  window: { fromMs: number; toMs: number; stepMs: number },
  now: Date,
): object[] {
  const points = { times: Float64Array.from(series.times), values: Float64Array.from(series.values) };
  const { times, counts, mins, maxs, avgs } = stepSeries(series.kind, joinPoints([points]), window);
  return Array.from(times, (time, at) => ({
    ts: dateTime(time),
    project_id: projectId,
    service_key: series.serviceKey,
    environment: series.environment,
    metric_name: series.metric,
    kind: series.kind,
    unit: series.unit,
    labels: series.labels,
    points: counts[at],
    min: mins[at],
    max: maxs[at],
    avg: avgs[at],
    rolled_up_at: dateTime(now.getTime()),
  }));
}

/** Drops the partitions of what each tier no longer keeps, whole. */
export async function dropOld(clickhouse: ClickHouse, kept: KeptDays, now: Date): Promise<void> {
  const tables: readonly (readonly [string, number])[] = [
    ...["metric_points", "anomaly_features", "spans", "log_records"].map((table) => [table, kept.keepDays] as const),
    ["metric_rollups_5m", kept.rollup5mDays],
    ["metric_rollups_1h", kept.rollup1hDays],
  ];
  for (const [table, days] of tables) {
    if (days === 0) continue;
    const cut = new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10);
    const parts = await clickhouse.rows<{ partition: string }>(
      "SELECT DISTINCT partition FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND active",
      { table },
    );
    for (const { partition } of parts) {
      // A day, or the six digits of a month.
      const isOld = partition.length === 6 ? partition < cut.replaceAll("-", "").slice(0, 6) : partition < cut;
      if (isOld && /^[\d-]+$/.test(partition))
        await clickhouse.command(
          `ALTER TABLE ${table} DROP PARTITION ${partition.length === 6 ? partition : `'${partition}'`}`,
        );
    }
  }
}
