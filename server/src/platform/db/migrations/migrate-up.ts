import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { DatabaseLog } from "../database-log.ts";
import { regrantReaders } from "../readonly/grant-readonly.ts";
import { readApplied, withMigrationLock } from "./applied-migrations.ts";
import { type Migration, readMigrations } from "./migration-files.ts";
import { refuseNewerSchema } from "./refuse-newer-schema.ts";

/** What a migration verb works on. */
export interface MigrationContext {
  readonly pool: pg.Pool;
  readonly log: DatabaseLog;
  /** Culprit's own migrations by default. */
  readonly folder?: string;
}

/**
 * Applies what is pending, oldest first, and returns the ids that this call applied. Safe with any number of
 * concurrent callers: each migration is one transaction that takes the lock, writes its version row first and skips
 * what another caller did meanwhile. A killed process leaves whole migrations only.
 *
 * Throws `SCHEMA_TOO_NEW`, or `MIGRATION_FAILED` with the file and PostgreSQL's reason; earlier ones then stay applied.
 */
export async function migrateUp(context: MigrationContext): Promise<string[]> {
  const migrations = await readMigrations(context.folder);
  const applied = await readApplied(context.pool);
  refuseNewerSchema(migrations, applied);
  const done = new Set(applied.map((row) => row.version));
  const ids: string[] = [];
  for (const migration of migrations.filter(({ version }) => !done.has(version))) {
    if (await applyOne(context, migration, migrations)) ids.push(migration.id);
  }
  if (ids.length > 0) await regrant(context);
  return ids;
}

/** Readers for dashboards see what has come; where this user may not grant it, the command that does is named and nothing else is harmed. */
async function regrant({ pool, log }: MigrationContext): Promise<void> {
  try {
    await regrantReaders(pool);
  } catch (err) {
    log.warn({ err }, "readers could not be granted the new tables: run culprit db grant-readonly NAME again");
  }
}

async function applyOne(
  { pool, log }: MigrationContext,
  migration: Migration,
  known: readonly Migration[],
): Promise<boolean> {
  const startedAt = performance.now();
  const isApplied = await withMigrationLock(pool, async (client) => {
    refuseNewerSchema(known, await readApplied(client));
    const { rowCount } = await client.query(
      "insert into schema_migrations (version, name, is_breaking, checksum) values ($1, $2, $3, $4) on conflict do nothing",
      [migration.version, migration.name, migration.isBreaking, migration.checksum],
    );
    if (rowCount === 0) return false;
    await runMigrationSql(client, `${migration.id}.up.sql`, migration.up);
    return true;
  });
  if (isApplied) {
    log.info({ migration: migration.id, durationMs: Math.round(performance.now() - startedAt) }, "migrated up");
  }
  return isApplied;
}

/** Runs the statements of one file; throws `MIGRATION_FAILED` that names the file, the reason and the line. */
export async function runMigrationSql(client: pg.PoolClient, file: string, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (cause) {
    if (cause instanceof CulpritError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const line = lineOf(sql, cause);
    throw new CulpritError("MIGRATION_FAILED", `${file}${line === null ? "" : `, line ${line}`}: ${reason}`, { cause });
  }
}

function lineOf(sql: string, error: unknown): number | null {
  const position = error instanceof Error && "position" in error ? Number(error.position) : Number.NaN;
  return position > 0 ? sql.slice(0, position).split("\n").length : null;
}
