import { sql, type Transaction } from "kysely";
import type { DB } from "./tables.generated.ts";

/** The role of intake and workers. */
export const ENGINE_ROLE = "culprit_engine";

/**
 * Runs a part of a transaction as the engine, whoever the transaction is: for what a tenant sets going but must not see or
 * write itself, such as jobs of the queue and commits that several projects share. `fn` takes nothing from the request but
 * values that were checked.
 */
export async function asEngine<T>(tx: Transaction<DB>, fn: () => Promise<T>): Promise<T> {
  const { rows } = await sql<{ role: string }>`
    select current_setting('role') as role, set_config('role', ${ENGINE_ROLE}, true)`.execute(tx);
  const role = rows[0]?.role ?? ENGINE_ROLE;
  // A throw aborts the transaction, so the role need not be given back then.
  const result = await fn();
  if (role !== ENGINE_ROLE) await sql`select set_config('role', ${role}, true)`.execute(tx);
  return result;
}
