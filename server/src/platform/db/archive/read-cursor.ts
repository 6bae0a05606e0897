import type pg from "pg";

/** Lines of an archive, `size` rows at a time, so that memory stays bounded. Needs a transaction. */
export async function* readCursor(
  client: pg.PoolClient,
  query: string,
  values: readonly unknown[],
  size: number,
): AsyncIterable<{ readonly id?: string; readonly line: string }> {
  await client.query(`declare archived no scroll cursor for ${query}`, [...values]);
  for (;;) {
    const { rows } = await client.query<{ id?: string; line: string }>(`fetch forward ${size} from archived`);
    yield* rows;
    if (rows.length < size) break;
  }
  await client.query("close archived");
}
