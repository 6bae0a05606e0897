import type { RawBuilder, Transaction } from "kysely";
import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** Rows of metric_batches that one statement takes at most; together about a million points. */
const BATCHES_MAX = 2000;
const SERIES_MAX = 2000;

/** Points that a service may hold unfolded, before their age makes it time. */
const POINTS_MAX = 1_000_000;

interface Group {
  readonly projectId: string;
  readonly serviceKey: string;
}

/**
 * Folds points as they came in into blocks of series and hour, a service at a time: those of services whose oldest waits
 * since before `receivedBefore` (null: all) or that have too many. Each statement moves its points whole or not at all. @returns points folded.
 */
export async function foldBatches(
  database: Database,
  ensureDays: (daysMs: readonly number[]) => Promise<void>,
  { receivedBefore }: { readonly receivedBefore: Date | null },
): Promise<number> {
  const { rows: groups } = await sql<Group>`
    select project_id as "projectId", service_key as "serviceKey" from metric_batches group by 1, 2
    having ${receivedBefore === null ? sql`true` : sql`min(received_at) <= ${receivedBefore}`} or sum(cardinality(series_ids)) > ${POINTS_MAX} order by 1, 2`.execute(
    database.db,
  );
  let folded = 0;
  for (const group of groups) folded += await foldGroup(database, ensureDays, group);
  return folded;
}

async function foldGroup(
  database: Database,
  ensureDays: (daysMs: readonly number[]) => Promise<void>,
  { projectId, serviceKey }: Group,
): Promise<number> {
  const { rows: last } = await sql<{ id: number | null; days: Date[] }>`
    select max(id) as id, coalesce(array_agg(distinct date_trunc('day', first_at, 'UTC')), '{}') as days
    from metric_batches where project_id = ${projectId} and service_key = ${serviceKey}`.execute(database.db);
  await ensureDays((last[0]?.days ?? []).map((day) => day.getTime()));
  for (let folded = 0; ; ) {
    const points = await database.transaction(async (tx) => {
      await sql`set local work_mem = '32MB'`.execute(tx);
      const taken = sql`delete from metric_batches where id in (
          select id from metric_batches where project_id = ${projectId} and service_key = ${serviceKey} and id <= ${last[0]?.id ?? 0}
          order by id limit ${BATCHES_MAX} for update skip locked)
        returning project_id, first_at, series_ids, offsets, vals`;
      const rows = sql`select t.project_id, e.series_id, (extract(epoch from t.first_at) * 1000)::bigint + e.after_ms as at_ms, e.value
        from taken t cross join lateral unnest(t.series_ids, t.offsets, t.vals) as e(series_id, after_ms, value)`;
      return storeBlocks(tx, taken, rows);
    });
    folded += points;
    if (points === 0) return folded;
  }
}

/** Makes the several blocks that a series has in an hour one, in hours that ended before `before`. @returns blocks made. */
export async function mergeBlocks(database: Database, { before }: { readonly before: Date }): Promise<number> {
  const { rows: hours } = await sql<{ hour: Date }>`
    select distinct hour from (
      select project_id, series_id, hour from metric_blocks where hour < ${before} group by 1, 2, 3 having count(*) > 1) several
    order by 1`.execute(database.db);
  let merged = 0;
  for (const { hour } of hours) merged += await mergeHour(database, hour);
  return merged;
}

async function mergeHour(database: Database, hour: Date): Promise<number> {
  for (let merged = 0; ; ) {
    const blocks = await database.transaction(async (tx) => {
      await sql`set local work_mem = '32MB'`.execute(tx);
      const taken = sql`delete from metric_blocks where hour = ${hour} and (project_id, series_id) in (
          select project_id, series_id from metric_blocks where hour = ${hour} group by 1, 2 having count(*) > 1 limit ${SERIES_MAX})
        returning project_id, series_id, first_at, points, gaps, vals`;
      const rows = sql`select t.project_id, t.series_id, (extract(epoch from p.ts) * 1000)::bigint as at_ms, p.value
        from taken t cross join lateral metric_block_points(t.first_at, t.points, t.gaps, t.vals) p`;
      return storeBlocks(tx, taken, rows);
    });
    merged += blocks;
    if (blocks === 0) return merged;
  }
}

/** Stores the points that `rows` makes of the rows that `taken` deletes, and notes their days as changed. @returns points stored. */
async function storeBlocks(
  tx: Transaction<DB>,
  taken: RawBuilder<unknown>,
  rows: RawBuilder<unknown>,
): Promise<number> {
  const { rows: stored } = await sql<{ points: number }>`
    with taken as (${taken}), points as (
      select distinct on (project_id, series_id, at_ms) * from (${rows}) r order by project_id, series_id, at_ms
    ), apart as (
      select *, at_ms / 3600000 as hour,
        at_ms - lag(at_ms) over (partition by project_id, series_id, at_ms / 3600000 order by at_ms) as gap from points
    ), blocks as (
      select project_id, series_id, to_timestamp(hour * 3600) as hour, min(at_ms) as first_ms, max(at_ms) as last_ms, count(*)::int as points,
        case when min(gap) = max(gap) then array[min(gap)::int]
          else coalesce(array_agg(gap::int order by at_ms) filter (where gap is not null), '{}') end as gaps,
        case when min(value) = max(value) then array[min(value)] else array_agg(value order by at_ms) end as vals
      from apart group by project_id, series_id, apart.hour
    ), written as (
      insert into metric_blocks (project_id, series_id, hour, first_at, last_at, points, gaps, vals)
      select project_id, series_id, hour, to_timestamp(first_ms / 1000.0), to_timestamp(last_ms / 1000.0), points, gaps, vals from blocks b
      where exists (select from metric_series s where s.project_id = b.project_id and s.id = b.series_id)
      returning project_id, hour, points
    ), noted as (
      insert into metric_days (project_id, day, folded_at)
      select distinct project_id, date_trunc('day', hour, 'UTC'), now() from written
      on conflict (project_id, day) do update set folded_at = excluded.folded_at
    )
    select coalesce(sum(points), 0)::int8 as points from blocks`.execute(tx);
  return Number(stored[0]?.points ?? 0);
}
