import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";

const BATCH_ROWS = 5_000;

/**
 * Deletes the rows of `table` (a table or a single partition, not a partitioned parent) that meet `where`, whose
 * parameters are `values`, five thousand a transaction so that none holds locks for long. @returns how many went.
 */
export async function deleteInBatches(
  pool: pg.Pool,
  table: string,
  where: string,
  values: readonly unknown[],
): Promise<number> {
  for (let deleted = 0; ; ) {
    const count = await inTransaction(pool, "begin", async (client) => {
      await client.query("set local row_security = off");
      // Tells the triggers of append-only tables that this is retention.
      await client.query("select set_config('culprit.retention', 'on', true)");
      const { rowCount } = await client.query(
        `delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit ${BATCH_ROWS} for update skip locked))`,
        [...values],
      );
      return rowCount ?? 0;
    });
    deleted += count;
    if (count < BATCH_ROWS) return deleted;
  }
}
