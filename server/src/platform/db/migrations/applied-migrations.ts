import type pg from "pg";

/** A row of `schema_migrations`: what has been done to this database. */
export interface AppliedMigration {
  readonly version: string;
  readonly name: string;
  readonly is_breaking: boolean;
  readonly checksum: string;
  readonly applied_at: Date;
}

/** "culprit" as a number: whoever migrates holds this transaction-scoped advisory lock. */
const MIGRATION_LOCK = 0x63756c70;

const CREATE_TABLE = `
create table if not exists schema_migrations (
  version text primary key,
  name text not null,
  is_breaking boolean not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`;

/**
 * Runs `fn` in a transaction of its own that holds the migration lock, with the table of applied migrations there.
 * The lock ends with the transaction, so it is never left behind and works through a transaction pooler.
 */
export async function withMigrationLock<T>(pool: pg.Pool, fn: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query(CREATE_TABLE);
    const result = await fn(client);
    await client.query("commit");
    return result;
  } catch (error) {
    failure = error;
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    // A connection that failed is not trusted with other work.
    client.release(failure !== undefined);
  }
}

/** What has been applied, oldest first; empty for a database that was never migrated. Needs no lock. */
export async function readApplied(client: pg.Pool | pg.PoolClient): Promise<AppliedMigration[]> {
  const { rows: found } = await client.query<{ name: string | null }>(
    "select to_regclass('schema_migrations')::text as name",
  );
  if (found[0]?.name == null) return [];
  const { rows } = await client.query<AppliedMigration>(
    "select version, name, is_breaking, checksum, applied_at from schema_migrations order by version",
  );
  return rows;
}
