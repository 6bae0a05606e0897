import type { MetricKind } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { MetricName, SeriesQuery } from "../telemetry-port.ts";

/** A series by its number. */
export interface FoundSeries {
  readonly id: number;
  readonly serviceKey: string;
  readonly environment: string;
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

type Filter = Omit<SeriesQuery, "stepMs">;

/**
 * A page of the series that may have points in the window, by service, name and number, after the one that is given; whether they have is seen when they
 * are read.
 */
export async function findSeries(
  db: Kysely<DB>,
  query: Omit<Filter, "seriesMax">,
  { after, limit }: { readonly after: FoundSeries | null; readonly limit: number },
): Promise<readonly FoundSeries[]> {
  const rest =
    after === null
      ? sql``
      : sql`and (service_key, metric_name, id) > (${after.serviceKey}, ${after.metric}, ${after.id}::bigint)`;
  const { rows } = await sql<FoundSeries>`
    select id, service_key as "serviceKey", environment, metric_name as metric, kind, unit, labels
    from metric_series s where ${matching(query)} ${rest} order by service_key, metric_name, id limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** The names of series that have points in the window. */
export async function listSeries(db: Kysely<DB>, query: Filter): Promise<readonly MetricName[]> {
  const { projectId } = query;
  const [from, to] = [new Date(query.fromMs), new Date(query.toMs)];
  const { rows } = await sql<MetricName>`
    with recent as materialized (
      select distinct e.series_id from metric_batches r cross join lateral unnest(r.series_ids, r.offsets) as e(series_id, after_ms)
      where r.project_id = ${projectId} and r.last_at >= ${from} and r.first_at < ${to} ${amongServices(query)}
        and r.first_at + e.after_ms * interval '1 millisecond' >= ${from} and r.first_at + e.after_ms * interval '1 millisecond' < ${to}
    ), found as (
      select service_key, metric_name, kind, unit from metric_series s where ${matching(query)} and (
        exists (select from metric_blocks b where b.project_id = ${projectId} and b.series_id = s.id
          and b.hour > ${from}::timestamptz - interval '1 hour' and b.hour < ${to} and b.last_at >= ${from} and b.first_at < ${to})
        or s.id in (select series_id from recent)
        or exists (select from metric_rollups_1h h where h.project_id = ${projectId} and h.series_id = s.id
          and h.day > ${from}::timestamptz - interval '1 day' and h.day < ${to}))
      order by service_key, metric_name, id limit ${query.seriesMax}
    )
    select service_key as "serviceKey", metric_name as metric, min(kind) as kind, min(unit) as unit, count(*)::int as series
    from found group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

function matching(query: Omit<Filter, "seriesMax">): RawBuilder<unknown> {
  const { projectId, fromMs, environment, metrics, labels } = query;
  const parts = [
    sql`s.project_id = ${projectId}`,
    sql`s.last_day >= date_trunc('day', ${new Date(fromMs)}::timestamptz, 'UTC')`,
  ];
  if (query.serviceKeys !== undefined) parts.push(sql`s.service_key = any(${[...query.serviceKeys]}::text[])`);
  if (metrics !== undefined) parts.push(sql`s.metric_name = any(${[...metrics]}::text[])`);
  if (environment !== undefined) parts.push(sql`s.environment = ${environment}`);
  if (query.isExact === true) parts.push(sql`s.labels = ${JSON.stringify(labels ?? {})}::jsonb`);
  else if (labels !== undefined) parts.push(sql`s.labels @> ${JSON.stringify(labels)}::jsonb`);
  return sql.join(parts, sql` and `);
}

function amongServices({ serviceKeys }: Filter): RawBuilder<unknown> {
  return serviceKeys === undefined ? sql`` : sql`and r.service_key = any(${[...serviceKeys]}::text[])`;
}
