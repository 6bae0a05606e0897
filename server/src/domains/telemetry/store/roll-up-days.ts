import { type Kysely, sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { lookbackMs, type Steps, stepSeries } from "../step-series.ts";
import type { FoundSeries } from "./find-series.ts";
import { readPoints } from "./read-points.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Points that come later than this are rolled up by doing the day again. */
const SETTLED_MS = 6 * HOUR_MS;
/** About 10 MB of points at one in fifteen seconds. */
const SERIES_AT_ONCE = 100;

const TIERS = [
  { table: "metric_rollups_5m", stepMs: 300_000 },
  { table: "metric_rollups_1h", stepMs: HOUR_MS },
] as const;

/** Rolls up each day that is over and changed since it last was. Done again it gives the same. @returns days done. */
export async function rollUpDays(
  database: Database,
  ensureDays: (daysMs: readonly number[]) => Promise<void>,
  now: Date,
): Promise<number> {
  const { rows: days } = await sql<{ projectId: string; day: Date; foldedAt: string }>`
    select project_id as "projectId", day, folded_at::text as "foldedAt" from metric_days
    where day <= ${new Date(now.getTime() - SETTLED_MS - DAY_MS)} and (rolled_up_at is null or rolled_up_at < folded_at)
    order by day, project_id`.execute(database.db);
  for (const { projectId, day, foldedAt } of days) {
    await ensureDays([day.getTime()]);
    await rollUpDay(database, projectId, day.getTime());
    // As text, because a Date has no microseconds. What was folded meanwhile makes the day one that changed.
    await sql`update metric_days set rolled_up_at = ${foldedAt}::timestamptz where project_id = ${projectId} and day = ${day}`.execute(
      database.db,
    );
  }
  return days.length;
}

async function rollUpDay(database: Database, projectId: string, dayMs: number): Promise<void> {
  for (let after = 0; ; ) {
    const { rows: series } = await sql<Pick<FoundSeries, "id" | "serviceKey" | "kind">>`
      select id, service_key as "serviceKey", kind from metric_series s
      where project_id = ${projectId} and id > ${after} and exists (
        select from metric_blocks b where b.project_id = s.project_id and b.series_id = s.id
          and b.hour >= ${new Date(dayMs)} and b.hour < ${new Date(dayMs + DAY_MS)})
      order by id limit ${SERIES_AT_ONCE}`.execute(database.db);
    if (series.length === 0) return;
    const window = { fromMs: dayMs - lookbackMs(HOUR_MS), toMs: dayMs + DAY_MS };
    const points = await readPoints(database.db, projectId, series, window);
    await database.transaction(async (tx) => {
      for (const { table, stepMs } of TIERS) {
        const rows = series.flatMap(({ id, kind }) => {
          const columns = points.get(id);
          if (columns === undefined) return [];
          const steps = stepSeries(kind, columns, { fromMs: dayMs, toMs: dayMs + DAY_MS, stepMs });
          return steps.times.length === 0 ? [] : [{ id, steps, stepMs }];
        });
        await store(tx, table, projectId, dayMs, rows);
      }
    });
    after = series.at(-1)?.id ?? after;
  }
}

async function store(
  tx: Kysely<DB>,
  table: string,
  projectId: string,
  dayMs: number,
  rows: readonly { readonly id: number; readonly steps: Steps; readonly stepMs: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  const list = (numbers: ArrayLike<number>) => `{${Array.from(numbers).join()}}`;
  const values = rows.map(({ id, steps, stepMs }) => {
    const places = Array.from(steps.times, (time) => Math.round((time - dayMs) / stepMs));
    return sql`(${projectId}::uuid, ${id}::bigint, ${new Date(dayMs)}::timestamptz, ${list(places)}::smallint[], ${list(steps.counts)}::integer[],
      ${list(steps.mins)}::float8[], ${list(steps.maxs)}::float8[], ${list(steps.avgs)}::float8[])`;
  });
  await sql`
    insert into ${sql.table(table)} (project_id, series_id, day, steps, counts, mins, maxs, avgs) values ${sql.join(values)}
    on conflict (project_id, series_id, day) do update set steps = excluded.steps, counts = excluded.counts, mins = excluded.mins,
      maxs = excluded.maxs, avgs = excluded.avgs`.execute(tx);
}
