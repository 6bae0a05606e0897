import { sql } from "kysely";
import type { Usual } from "../../../analysis/detection/detectors/stream.ts";
import { unknownUsual } from "../../../analysis/detection/detectors/stream.ts";
import { median } from "../../../analysis/detection/quantile.ts";
import type { Database, DatabaseScope } from "../../../platform/db/open-database.ts";
import type { TelemetryStore } from "../../telemetry/index.ts";
import { keyOf, readHour, type StreamPlace, type WatchedStream } from "./watched-streams.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEPT_DAYS = 15;
/** Days on which the hour must be known before it says what is usual. */
const DAYS_MIN = 3;
/** So far back a new project, or one that nobody watched, is read. */
const BACK_HOURS = 24;
/** Late telemetry of an hour is waited for. */
const SETTLED_MS = 5 * 60_000;

export interface HourDeps {
  readonly database: Database;
  readonly telemetry: TelemetryStore;
}

/**
 * Writes down how each stream was in the hours that ended since `sinceHourMs` (null: since the newest that is written), one
 * read for each hour, and drops what is older than two weeks. An hour is written once.
 * @returns the beginning of the hour that comes next.
 */
export async function recordHours(
  { database, telemetry }: HourDeps,
  projectId: string,
  now: Date,
  sinceHourMs: number | null,
): Promise<number> {
  const nextHour = Math.floor((now.getTime() - SETTLED_MS) / HOUR_MS) * HOUR_MS;
  const since = sinceHourMs ?? (await newestHour(database, projectId));
  let hour = Math.max(nextHour - BACK_HOURS * HOUR_MS, since ?? 0);
  if (hour >= nextHour) return hour;
  for (; hour < nextHour; hour += HOUR_MS) {
    const rows = [...(await readHour(telemetry, projectId, hour)).values()].flatMap((stream) =>
      middles(stream).map(({ metric, value, points }) => ({
        ...{ service_key: stream.serviceKey, environment: stream.environment, route: stream.route },
        ...{ metric, median: value, points },
      })),
    );
    if (rows.length === 0) continue;
    await sql`
      INSERT INTO telemetry_hours (project_id, hour, service_key, environment, route, metric, median, points)
      SELECT ${projectId}::uuid, ${new Date(hour)}::timestamptz, service_key, environment, route, metric, median, points
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(service_key text, environment text, route text, metric text, median float8, points int)
      ON CONFLICT DO NOTHING`.execute(database.db);
  }
  const oldest = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  await sql`DELETE FROM telemetry_hours WHERE project_id = ${projectId} AND hour < ${oldest}`.execute(database.db);
  return nextHour;
}

async function newestHour({ db }: Database, projectId: string): Promise<number | null> {
  const { rows } = await sql<{ hour: Date | null }>`
    SELECT max(hour) AS hour FROM telemetry_hours WHERE project_id = ${projectId}`.execute(db);
  const newest = rows[0]?.hour;
  return newest == null ? null : newest.getTime() + HOUR_MS;
}

function middles({ requests, errors, p99 }: WatchedStream) {
  const known = requests.filter(Number.isFinite);
  const [sum, failed] = [total(known), total(errors.filter(Number.isFinite))];
  const all = [
    { metric: "requests", value: median(known), points: known.length },
    { metric: "errors", value: sum > 0 ? Math.min(1, failed / sum) : Number.NaN, points: known.length },
    { metric: "p99", value: median(p99), points: p99.filter(Number.isFinite).length },
  ];
  return all.filter(({ value, points }) => points > 0 && Number.isFinite(value));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** How each stream of a project is at this hour of the day, out of the last two weeks; unknown with fewer than three days. */
export async function readUsual(
  { db }: Pick<DatabaseScope, "db">,
  projectId: string,
  now: Date,
): Promise<(place: StreamPlace) => Usual> {
  const { rows } = await sql<{
    service_key: string;
    environment: string;
    route: string;
    requests: number | null;
    errors: number | null;
    p99: number | null;
  }>`
    SELECT service_key, environment, route,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY median) FILTER (WHERE metric = 'requests') AS requests,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY median) FILTER (WHERE metric = 'errors') AS errors,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY median) FILTER (WHERE metric = 'p99') AS p99
    FROM telemetry_hours
    WHERE project_id = ${projectId} AND hour >= ${new Date(now.getTime() - 14 * DAY_MS)} AND hour < ${new Date(now.getTime() - HOUR_MS)}
      AND extract(hour FROM hour AT TIME ZONE 'UTC') = ${now.getUTCHours()}
    GROUP BY service_key, environment, route HAVING count(DISTINCT hour) >= ${DAYS_MIN}`.execute(db);
  const usual = new Map(
    rows.map(({ service_key, environment, route, requests, errors, p99 }) => [
      keyOf({ serviceKey: service_key, environment, route }),
      { requests: requests ?? Number.NaN, errorRatio: errors ?? Number.NaN, p99: p99 ?? Number.NaN },
    ]),
  );
  return (place) => usual.get(keyOf(place)) ?? unknownUsual;
}
