import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";

/** "main" as a number: whoever maintains, archives, applies retention or restores holds this transaction-scoped advisory lock. */
const MAINTENANCE_LOCK = 0x6d61696e;

/**
 * Runs `work` while no other process does such work on this database, or gives null at once when one does. The lock
 * lives in a transaction of its own that reads and writes nothing, so that it holds back no vacuum, works through a
 * transaction pooler, and ends with a killed process.
 */
export function withMaintenanceLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  return withLock(pool, MAINTENANCE_LOCK, work);
}

/** The same with a lock of another number. */
export async function withLock<T>(pool: pg.Pool, lock: number, work: () => Promise<T>): Promise<T | null> {
  return inTransaction(pool, "begin", async (client) => {
    const { rows } = await client.query<{ isMine: boolean }>('select pg_try_advisory_xact_lock($1) as "isMine"', [
      lock,
    ]);
    return rows[0]?.isMine === true ? await work() : null;
  });
}
