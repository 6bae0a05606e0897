import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { PointColumns } from "../step-series.ts";
import type { TimeWindow } from "../telemetry-port.ts";
import { readFloat8Array, readInt2Array, readInt4Array } from "./number-arrays.ts";

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;

interface Row {
  readonly id: number;
  readonly dayMs: number;
  readonly steps: Buffer;
  readonly counts: Buffer;
  readonly avgs: Buffer;
}

/**
 * What is rolled up of these series in the window, in steps of `stepMs`: steps of an hour where that divides it, else of five
 * minutes where they are still there, and of an hour where they are not.
 */
export async function readRollups(
  db: Kysely<DB>,
  projectId: string,
  ids: readonly number[],
  { fromMs, toMs, stepMs }: TimeWindow & { readonly stepMs: number },
): Promise<ReadonlyMap<number, PointColumns>> {
  const tiers =
    stepMs % HOUR_MS === 0
      ? [{ table: "metric_rollups_1h", tierMs: HOUR_MS }]
      : [
          { table: "metric_rollups_5m", tierMs: FIVE_MINUTES_MS },
          { table: "metric_rollups_1h", tierMs: HOUR_MS },
        ];
  const byDay = new Map<string, { row: Row; tierMs: number }>();
  for (const { table, tierMs } of tiers) {
    const { rows } = await sql<Row>`
      select series_id as id, (extract(epoch from day) * 1000)::float8 as "dayMs", array_send(steps) as steps, array_send(counts) as counts,
        array_send(avgs) as avgs
      from ${sql.table(table)} where project_id = ${projectId} and series_id = any(${[...ids]}::bigint[])
        and day > ${new Date(fromMs)}::timestamptz - interval '1 day' and day < ${new Date(toMs)} order by day`.execute(
      db,
    );
    for (const row of rows) {
      const key = `${row.id} ${row.dayMs}`;
      if (!byDay.has(key)) byDay.set(key, { row, tierMs });
    }
  }
  const found = new Map<number, Map<number, { sum: number; weight: number }>>();
  for (const { row, tierMs } of byDay.values()) {
    const [steps, counts, avgs] = [readInt2Array(row.steps), readInt4Array(row.counts), readFloat8Array(row.avgs)];
    const sums = found.get(row.id) ?? new Map<number, { sum: number; weight: number }>();
    found.set(row.id, sums);
    for (let i = 0; i < steps.length; i++) {
      const at = row.dayMs + (steps[i] ?? 0) * tierMs;
      if (at + tierMs <= fromMs || at >= toMs) continue;
      const step = Math.floor(at / stepMs) * stepMs;
      const sum = sums.get(step) ?? { sum: 0, weight: 0 };
      sum.sum += (avgs[i] ?? 0) * (counts[i] ?? 1);
      sum.weight += counts[i] ?? 1;
      sums.set(step, sum);
    }
  }
  return new Map([...found].map(([id, sums]) => [id, columnsOf(sums)]));
}

function columnsOf(sums: ReadonlyMap<number, { sum: number; weight: number }>): PointColumns {
  const steps = [...sums].sort(([a], [b]) => a - b);
  return {
    times: Float64Array.from(steps, ([time]) => time),
    values: Float64Array.from(steps, ([, { sum, weight }]) => sum / weight),
  };
}
