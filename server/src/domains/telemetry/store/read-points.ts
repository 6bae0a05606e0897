import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { joinPoints, type PointColumns } from "../step-series.ts";
import type { TimeWindow } from "../telemetry-port.ts";
import type { FoundSeries } from "./find-series.ts";
import { readFloat8Array, readInt4Array } from "./number-arrays.ts";

interface Piece {
  readonly id: number;
  /** Null for points of batches, whose times are in `times`. */
  readonly firstMs: number | null;
  readonly points: number;
  readonly times: Buffer;
  readonly values: Buffer;
}

/**
 * The points of these series in the window, by the number of the series: of blocks and of batches that are not folded, in one
 * statement, so that a fold between the two loses none.
 */
export async function readPoints(
  db: Kysely<DB>,
  projectId: string,
  series: readonly Pick<FoundSeries, "id" | "serviceKey">[],
  { fromMs, toMs }: TimeWindow,
): Promise<ReadonlyMap<number, PointColumns>> {
  if (series.length === 0) return new Map();
  const ids = series.map(({ id }) => id);
  const services = [...new Set(series.map(({ serviceKey }) => serviceKey))];
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const { rows } = await sql<Piece>`
    select series_id as id, (extract(epoch from first_at) * 1000)::float8 as "firstMs", points, array_send(gaps) as times, array_send(vals) as values
    from metric_blocks where project_id = ${projectId} and series_id = any(${ids}::bigint[])
      and hour > ${from}::timestamptz - interval '1 hour' and hour < ${to} and last_at >= ${from} and first_at < ${to}
    union all
    select e.series_id, null, count(*)::int,
      array_send(array_agg((extract(epoch from r.first_at) * 1000)::float8 + e.after_ms)), array_send(array_agg(e.value))
    from metric_batches r cross join lateral unnest(r.series_ids, r.offsets, r.vals) as e(series_id, after_ms, value)
    where r.project_id = ${projectId} and r.service_key = any(${services}::text[]) and r.last_at >= ${from} and r.first_at < ${to}
      and e.series_id = any(${ids}::bigint[])
    group by e.series_id`.execute(db);
  const pieces = new Map<number, PointColumns[]>();
  for (const row of rows) {
    const piece = row.firstMs === null ? recent(row) : unpack(row, row.firstMs);
    const list = pieces.get(row.id);
    if (list === undefined) pieces.set(row.id, [piece]);
    else list.push(piece);
  }
  return new Map([...pieces].map(([id, list]) => [id, joinPoints(list)]));
}

function recent({ times, values }: Piece): PointColumns {
  return { times: readFloat8Array(times), values: readFloat8Array(values) };
}

function unpack({ points, times, values }: Piece, firstMs: number): PointColumns {
  const gaps = readInt4Array(times);
  const vals = readFloat8Array(values);
  const at = new Float64Array(points);
  at[0] = firstMs;
  for (let i = 1; i < points; i++) at[i] = (at[i - 1] ?? 0) + ((gaps.length === 1 ? gaps[0] : gaps[i - 1]) ?? 0);
  return { times: at, values: vals.length === points ? vals : new Float64Array(points).fill(vals[0] ?? 0) };
}
