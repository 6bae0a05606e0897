import type pg from "pg";

/**
 * Runs `work` in one transaction on one connection: for what Kysely cannot say (COPY, cursors, isolation levels). `begin`
 * is the statement that opens it. No timeout of the server ends it; what else is set inside must be SET LOCAL.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query(begin);
    await client.query("set local statement_timeout = 0");
    await client.query("set local idle_in_transaction_session_timeout = 0");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    isBroken = true;
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    // A connection that failed in the middle of a stream is not trusted with other work.
    client.release(isBroken);
  }
}
