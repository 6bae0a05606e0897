import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";
import { boundsOf } from "../stats/read-stats.ts";
import { states, tryAgain } from "../try-again.ts";

/** A partition that holds only rows from before a cut. */
export interface OldPartition {
  readonly parent: string;
  /** As SQL takes it, like `public.spans_20261101`. */
  readonly name: string;
  readonly until: Date;
}

const LOCK_WAIT = "1s";
const BUSY = { states: [states.lockNotAvailable, states.deadlock], triesMax: 5 };

/** The partitions of a table that end at or before `before`, oldest first; none for a table that is not partitioned or missing. */
export async function findOldPartitions(pool: pg.Pool, table: string, before: Date): Promise<OldPartition[]> {
  const { rows } = await pool.query<{ name: string; bound: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name, pg_get_expr(c.relpartbound, c.oid) as bound
     from pg_inherits h join pg_class c on c.oid = h.inhrelid join pg_namespace n on n.oid = c.relnamespace
     where h.inhparent = to_regclass($1) and c.relispartition`,
    [table],
  );
  return rows
    .flatMap(({ name, bound }) => {
      const { until } = boundsOf(bound);
      return until !== null && until <= before ? [{ parent: table, name, until }] : [];
    })
    .sort((a, b) => a.until.getTime() - b.until.getTime());
}

/**
 * Detaches a partition and drops it, in one transaction. The parent is locked for that moment only: the lock is awaited a
 * second, then others pass and it is tried again. `check` runs when nobody can write to the partition any more, and may
 * throw to keep it.
 * @returns false when the parent was busy each time, as during a backup: the partition stays for another day.
 */
export async function dropPartition(
  pool: pg.Pool,
  { parent, name }: Pick<OldPartition, "parent" | "name">,
  check: (client: pg.PoolClient) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const drop = async (client: pg.PoolClient) => {
    await client.query(`set local lock_timeout = '${LOCK_WAIT}'`);
    await client.query("set local row_security = off");
    // Keeps writers out while readers go on: checking may take a while.
    await client.query(`lock table ${name} in share mode`);
    await check(client);
    await client.query(`alter table ${parent} detach partition ${name}`);
    await client.query(`drop table ${name}`);
    return true;
  };
  return tryAgain(() => inTransaction(pool, "begin", drop), { ...BUSY, otherwise: () => false });
}
