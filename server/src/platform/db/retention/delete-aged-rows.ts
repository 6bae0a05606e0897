import type pg from "pg";
import { deleteInBatches } from "./delete-in-batches.ts";
import { dropPartition, findOldPartitions } from "./old-partitions.ts";
import { AGED_TABLES, type RetentionPolicy } from "./retention-policy.ts";

/** What retention took from one table. */
export interface Removed {
  readonly table: string;
  readonly rows: number;
  readonly partitions: readonly string[];
}

const DAY_MS = 86_400_000;

/** The instant before which rows that are kept `days` days go, by the clock of the database. */
export async function cutBefore(pool: pg.Pool, days: number): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>("select now() as now");
  return new Date((rows[0]?.now.getTime() ?? Date.now()) - days * DAY_MS);
}

/**
 * Takes away what is older than the policy says and needs no archive: old partitions whole, other rows in batches. A month's
 * partition goes when its last day is old. Idempotent and safe at any time.
 */
export async function deleteAgedRows(
  pool: pg.Pool,
  policy: RetentionPolicy,
  tables: readonly string[] = AGED_TABLES.map(({ table }) => table),
): Promise<Removed[]> {
  const removed: Removed[] = [];
  for (const aged of AGED_TABLES.filter(({ table }) => tables.includes(table))) {
    const kind = await kindOf(pool, aged.table, aged.column);
    const days = aged.days(policy);
    if (kind === null || days === 0) continue;
    const before = await cutBefore(pool, days);
    const dropped: string[] = [];
    for (const partition of await findOldPartitions(pool, aged.table, before))
      if (await dropPartition(pool, partition)) dropped.push(partition.name);
    const rows = kind.isPartitioned ? 0 : await deleteOld(pool, aged.table, kind.column, before, aged.only);
    if (rows > 0 || dropped.length > 0) removed.push({ table: aged.table, rows, partitions: dropped });
  }
  return removed;
}

function deleteOld(pool: pg.Pool, table: string, column: string, before: Date, only = "true"): Promise<number> {
  return deleteInBatches(pool, table, `${column} < $1 and ${only}`, [before]);
}

/** Whether the table is there, is partitioned, and which column tells its age: the key of its partitions, else the one that is named. */
async function kindOf(
  pool: pg.Pool,
  table: string,
  column: string,
): Promise<{ isPartitioned: boolean; column: string } | null> {
  const { rows } = await pool.query<{ isPartitioned: boolean; column: string | null }>(
    `select c.relkind = 'p' as "isPartitioned",
       (select quote_ident(attname) from pg_attribute where attrelid = c.oid and attname = $2 and not attisdropped) as column
     from pg_class c where c.oid = to_regclass($1)`,
    [table, column],
  );
  const found = rows[0];
  if (found === undefined || (found.column === null && !found.isPartitioned)) return null;
  return { isPartitioned: found.isPartitioned, column: found.column ?? column };
}
