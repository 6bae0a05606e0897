import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { joinPoints, lookbackMs, type PointColumns, stepSeries } from "../step-series.ts";
import type { SeriesQuery, StoredSeries } from "../telemetry-port.ts";
import { writeRef } from "../telemetry-ref.ts";
import { type FoundSeries, findSeries } from "./find-series.ts";
import { readPoints } from "./read-points.ts";
import { readRollups } from "./read-rollups.ts";

const DAY_MS = 86_400_000;
const FIVE_MINUTES_MS = 300_000;
/** Longer windows in steps of five minutes or more are answered by what is rolled up, where it is. */
const POINTS_WINDOW_MS = 2 * DAY_MS;
const SERIES_AT_ONCE = 1000;
/** Of a few that are asked for the first may all have ended. */
const SERIES_AT_LEAST = 100;

/** The series of a query with their values in steps; those without any value in the window are left out and take nobody's place. */
export async function readSeries(db: Kysely<DB>, query: SeriesQuery): Promise<StoredSeries[]> {
  const edgeMs = await rolledUpTo(db, query);
  const limit = Math.min(SERIES_AT_ONCE, Math.max(query.seriesMax, SERIES_AT_LEAST));
  const read: StoredSeries[] = [];
  for (let after: FoundSeries | null = null, isMore = true; isMore && read.length < query.seriesMax; ) {
    const some = await findSeries(db, query, { after, limit });
    if (some.length === 0) break;
    isMore = some.length === limit;
    after = some.at(-1) ?? null;
    const parts: ReadonlyMap<number, PointColumns>[] = [];
    if (edgeMs > query.fromMs)
      parts.push(
        await readRollups(
          db,
          query.projectId,
          some.map(({ id }) => id),
          { ...query, toMs: edgeMs },
        ),
      );
    if (edgeMs < query.toMs) parts.push(await readSteps(db, query, some, Math.max(edgeMs, query.fromMs)));
    for (const one of some) {
      const columns = parts.flatMap((part) => part.get(one.id) ?? []);
      if (columns.some(({ times }) => times.length > 0)) read.push(storedSeries(query, one, joinPoints(columns)));
    }
  }
  return read.slice(0, query.seriesMax);
}

async function readSteps(
  db: Kysely<DB>,
  query: SeriesQuery,
  series: readonly FoundSeries[],
  fromMs: number,
): Promise<ReadonlyMap<number, PointColumns>> {
  const { projectId, toMs, stepMs } = query;
  const points = await readPoints(db, projectId, series, { fromMs: fromMs - lookbackMs(stepMs), toMs });
  const steps = new Map<number, PointColumns>();
  for (const { id, kind } of series) {
    const columns = points.get(id);
    if (columns === undefined) continue;
    const { times, avgs } = stepSeries(kind, columns, { fromMs, toMs, stepMs });
    steps.set(id, { times, values: avgs });
  }
  return steps;
}

/**
 * The end of that part of the window which is answered out of steps: up to the last of the days without a gap that are rolled up, where the
 * window is long and its steps coarse; else up to the first day that still has its points.
 */
async function rolledUpTo(db: Kysely<DB>, { projectId, fromMs, toMs, stepMs }: SeriesQuery): Promise<number> {
  const firstDay = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const isCoarse = stepMs % FIVE_MINUTES_MS === 0 && toMs - fromMs > POINTS_WINDOW_MS;
  const { rows } = await sql<{ day: Date; isRolledUp: boolean }>`
    select day, coalesce(rolled_up_at >= folded_at, false) as "isRolledUp" from metric_days
    where project_id = ${projectId} and day < ${new Date(toMs)} order by day`.execute(db);
  const [oldest] = rows;
  if (oldest === undefined) {
    const { rows: rolled } = await sql<{ day: Date | null }>`
      select max(day) as day from metric_rollups_1h where project_id = ${projectId} and day < ${new Date(toMs)}`.execute(
      db,
    );
    const last = rolled[0]?.day?.getTime();
    return last === undefined ? fromMs : Math.min(toMs, last + DAY_MS);
  }
  let edge = Math.max(firstDay, oldest.day.getTime());
  if (edge > firstDay) {
    // Points of earlier days may have come just now.
    const { rows: waiting } = await sql<{ at: Date | null }>`
      select min(first_at) as at from metric_batches where project_id = ${projectId} and first_at < ${new Date(edge)}`.execute(
      db,
    );
    const at = waiting[0]?.at?.getTime();
    if (at !== undefined) edge = Math.max(firstDay, Math.floor(at / DAY_MS) * DAY_MS);
  }
  if (isCoarse)
    for (const { day, isRolledUp } of rows) {
      if (day.getTime() < edge) continue;
      if (!isRolledUp || day.getTime() > edge) break;
      edge = day.getTime() + DAY_MS;
    }
  return Math.min(toMs, Math.max(fromMs, edge));
}

function storedSeries(query: SeriesQuery, found: FoundSeries, { times, values }: PointColumns): StoredSeries {
  const { serviceKey, environment, metric, kind, unit, labels } = found;
  const ref = writeRef("postgres", {
    ...{ table: "metric_points", fromMs: query.fromMs, toMs: query.toMs, stepMs: query.stepMs, seriesMax: 1 },
    ...{ serviceKeys: [serviceKey], environment, metrics: [metric], labels, isExact: true },
  });
  return { serviceKey, environment, metric, kind, unit, labels, times, values, ref };
}
