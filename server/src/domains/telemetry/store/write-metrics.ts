import { sql, type Transaction } from "kysely";
import { storableText } from "../../../platform/db/storable-json.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { OwnSample } from "./series-ids.ts";

const DAY_MS = 86_400_000;
/** A statement takes 65,535 parameters. */
const ROWS_MAX = 2000;

/** Points of one service and day, as columns of text. */
export interface MetricBatch {
  readonly projectId: string;
  readonly serviceKey: string;
  firstMs: number;
  lastMs: number;
  readonly ids: number[];
  readonly times: number[];
  readonly values: number[];
}

/** Samples by service and day; `ids` are their series, in the same order. */
export function groupSamples(samples: readonly OwnSample[], ids: readonly number[]): MetricBatch[] {
  const groups = new Map<string, MetricBatch>();
  // Samples of a service come together: most belong to the group of the one before.
  let group: MetricBatch | undefined;
  let groupDay = 0;
  for (const [index, { projectId, sample }] of samples.entries()) {
    const { atMs, serviceKey, value } = sample;
    const day = Math.floor(atMs / DAY_MS);
    if (group?.serviceKey !== serviceKey || group.projectId !== projectId || groupDay !== day) {
      group = groups.get(`${projectId}${day} ${serviceKey}`);
      groupDay = day;
    }
    if (group === undefined) {
      group = { projectId, serviceKey, firstMs: atMs, lastMs: atMs, ids: [], times: [], values: [] };
      groups.set(`${projectId}${day} ${serviceKey}`, group);
    }
    if (atMs < group.firstMs) group.firstMs = atMs;
    if (atMs > group.lastMs) group.lastMs = atMs;
    group.ids.push(ids[index] ?? 0);
    group.times.push(atMs);
    group.values.push(value);
  }
  return [...groups.values()];
}

/** Writes points as they came. Points that stand already are written again: reading and folding take each time of a series once. */
export async function writeMetrics(tx: Transaction<DB>, batches: readonly MetricBatch[]): Promise<void> {
  for (let at = 0; at < batches.length; at += ROWS_MAX) {
    const rows = batches
      .slice(at, at + ROWS_MAX)
      .map(({ projectId, serviceKey, firstMs, lastMs, ids, times, values }) => {
        const offsets = times.map((time) => Math.round(time - firstMs));
        return sql`(${projectId}::uuid, ${storableText(serviceKey)}, ${new Date(firstMs)}::timestamptz, ${new Date(lastMs)}::timestamptz,
        ${`{${ids.join()}}`}::bigint[], ${`{${offsets.join()}}`}::integer[], ${`{${values.join()}}`}::float8[])`;
      });
    await sql`insert into metric_batches (project_id, service_key, first_at, last_at, series_ids, offsets, vals)
      values ${sql.join(rows)}`.execute(tx);
  }
}
