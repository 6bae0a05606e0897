import pg from "pg";

/** A value for a jsonb column that is an array: pg would take a bare one for an array of PostgreSQL. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

/** Inserts rows that all name the same columns. */
export async function insertRows(
  client: pg.Pool | pg.PoolClient | pg.Client,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.flatMap((row) => columns.map((column) => row[column]));
  const places = rows.map(
    (_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(", ")})`,
  );
  const names = columns.map((column) => pg.escapeIdentifier(column)).join(", ");
  await client.query(`insert into ${table} (${names}) values ${places.join(", ")}`, values);
}
