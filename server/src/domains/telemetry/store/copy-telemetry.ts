import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { AnomalyFeature, StoredLog, StoredTelemetry, TelemetryStore } from "../telemetry-port.ts";
import type { FoundSeries } from "./find-series.ts";
import { readPoints } from "./read-points.ts";
import { readLogsAfter, readSpansAfter } from "./read-records.ts";

const DAY_MS = 86_400_000;
const SERIES_AT_ONCE = 200;
const RECORDS_AT_ONCE = 5_000;
/** Points of one write: some megabytes. */
const POINTS_AT_ONCE = 50_000;

/** What was copied. */
export interface CopiedTelemetry {
  readonly points: number;
  readonly spans: number;
  readonly logs: number;
  readonly features: number;
}

/**
 * Copies what retention still holds in the database to another store: points, spans, log lines and features, a day and a few series at a
 * time. The other store leaves out what it has, so that a copy that was broken off is run again. What comes in meanwhile goes where it is sent; steps of days
 * whose points are gone stay in the database.
 */
export async function copyTelemetry(
  database: Database,
  to: Pick<TelemetryStore, "write" | "writeFeatures">,
  progress: (line: string) => void,
): Promise<CopiedTelemetry> {
  const copied = { points: 0, spans: 0, logs: 0, features: 0 };
  const { rows: projects } = await sql<{ id: string }>`select id from projects order by id`.execute(database.db);
  for (const { id: projectId } of projects) {
    copied.points += await copyPoints(database, to, projectId);
    copied.spans += await copySpans(database, to, projectId);
    copied.logs += await copyLogs(database, to, projectId);
    copied.features += await copyFeatures(database, to, projectId);
    progress(`${projectId}: ${copied.points} points, ${copied.spans} spans, ${copied.logs} log lines so far`);
  }
  return copied;
}

type Target = Pick<TelemetryStore, "write" | "writeFeatures">;
const nothing = { metrics: [], spans: [], logs: [] };

async function copyPoints(database: Database, to: Target, projectId: string): Promise<number> {
  const { rows: span } = await sql<{ from: Date | null; to: Date | null }>`
    select least((select min(hour) from metric_blocks where project_id = ${projectId}),
        (select min(first_at) from metric_batches where project_id = ${projectId})) as from,
      greatest((select max(last_at) from metric_blocks where project_id = ${projectId}),
        (select max(last_at) from metric_batches where project_id = ${projectId})) as to`.execute(database.db);
  const [first, last] = [span[0]?.from?.getTime(), span[0]?.to?.getTime()];
  if (first === undefined || last === undefined) return 0;
  let points = 0;
  for (let after = 0; ; ) {
    const { rows: series } = await sql<FoundSeries>`
      select id, service_key as "serviceKey", environment, metric_name as metric, kind, unit, labels from metric_series
      where project_id = ${projectId} and id > ${after} order by id limit ${SERIES_AT_ONCE}`.execute(database.db);
    if (series.length === 0) return points;
    for (let day = Math.floor(first / DAY_MS) * DAY_MS; day <= last; day += DAY_MS) {
      const found = await readPoints(database.db, projectId, series, { fromMs: day, toMs: day + DAY_MS });
      let metrics: StoredTelemetry["metrics"][number][] = [];
      for (const { id, ...origin } of series) {
        const columns = found.get(id);
        columns?.times.forEach((atMs, index) => {
          // A block that reaches over midnight is read on both days.
          if (atMs >= day && atMs < day + DAY_MS) metrics.push({ ...origin, atMs, value: columns.values[index] ?? 0 });
        });
        if (metrics.length < POINTS_AT_ONCE && id !== series.at(-1)?.id) continue;
        await to.write([{ ...nothing, projectId, metrics }]);
        points += metrics.length;
        metrics = [];
      }
    }
    after = series.at(-1)?.id ?? after;
  }
}

async function copySpans(database: Database, to: Target, projectId: string): Promise<number> {
  let copied = 0;
  for (let after: Parameters<typeof readSpansAfter>[2] = null; ; ) {
    const page = await readSpansAfter(database.db, projectId, after, RECORDS_AT_ONCE);
    if (page.records.length > 0) await to.write([{ ...nothing, projectId, spans: page.records }]);
    copied += page.records.length;
    if (page.next === null) return copied;
    after = page.next;
  }
}

async function copyLogs(database: Database, to: Target, projectId: string): Promise<number> {
  let copied = 0;
  for (let after: Parameters<typeof readLogsAfter>[2] = null; ; ) {
    const page: { records: readonly StoredLog[]; next: Parameters<typeof readLogsAfter>[2] } = await readLogsAfter(
      database.db,
      projectId,
      after,
      RECORDS_AT_ONCE,
    );
    if (page.records.length > 0) await to.write([{ ...nothing, projectId, logs: page.records }]);
    copied += page.records.length;
    if (page.next === null) return copied;
    after = page.next;
  }
}

async function copyFeatures(database: Database, to: Target, projectId: string): Promise<number> {
  const { rows } = await sql<Omit<AnomalyFeature, "atMs"> & { readonly ts: Date }>`
    select incident_id as "incidentId", project_id as "projectId", ts, service_key as "serviceKey", feature_name as name, feature_value as value
    from anomaly_features where project_id = ${projectId} order by incident_id, feature_name, ts`.execute(database.db);
  const features = rows.map(({ ts, ...row }) => ({ ...row, atMs: ts.getTime() }));
  for (let at = 0; at < features.length; at += RECORDS_AT_ONCE)
    await to.writeFeatures(features.slice(at, at + RECORDS_AT_ONCE));
  return features.length;
}
