import type pg from "pg";

/** Runs `work` on a connection of its own whose search path is `schema`; the connection is gone afterwards, whatever happens. */
export async function withinSchema<T>(
  pool: pg.Pool,
  schema: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`SET search_path TO ${schema}`);
    return await work(client);
  } finally {
    client.release(true);
  }
}

/** Runs `work` in a transaction whose every constraint is checked and which is then undone: tests share the filled rows. */
export async function thenUndone(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await work(client);
    await client.query("set constraints all immediate");
  } finally {
    client.release(true);
  }
}
