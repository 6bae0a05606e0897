import pg from "pg";

type Client = pg.Pool | pg.PoolClient | pg.Client;

/** Culprit's tables, without their partitions and the list of migrations. */
export async function ownTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname <> 'schema_migrations' order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** How many rows each table shows; -1 where reading it is refused. In a transaction, that must not be an error before. */
export async function countRows(
  client: Client,
  names: readonly string[],
  where: (name: string) => string = () => "true",
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) {
    try {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${name} where ${where(name)}`);
      counts.set(name, rows[0]?.n ?? 0);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === "42501")) throw error;
      counts.set(name, -1);
    }
  }
  return counts;
}

/** What each table holds, as a count and a hash of all its rows. */
export async function contentsOf(client: Client, names: readonly string[]): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const name of names) {
    const { rows } = await client.query<{ text: string }>(
      `select count(*) || ':' || md5(string_agg(t::text, ',' order by t::text)) as text from ${name} t`,
    );
    contents[name] = rows[0]?.text ?? "";
  }
  return contents;
}
