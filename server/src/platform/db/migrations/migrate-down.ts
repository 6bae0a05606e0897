import { CulpritError } from "../../errors/culprit-error.ts";
import { readApplied, withMigrationLock } from "./applied-migrations.ts";
import { type MigrationContext, runMigrationSql } from "./migrate-up.ts";
import { type Migration, readMigrations } from "./migration-files.ts";

/** How much to undo. */
export type MigrateDownExtent = { readonly steps: number } | { readonly all: true };

/**
 * Undoes the newest applied migrations, each in its own transaction, and returns their ids, newest first. Deletes the
 * data that they made room for.
 *
 * Throws `SCHEMA_TOO_NEW` when the newest one is not known here, `MIGRATION_FAILED` with the file and the reason.
 */
export async function migrateDown(context: MigrationContext, extent: MigrateDownExtent): Promise<string[]> {
  const known = new Map((await readMigrations(context.folder)).map((migration) => [migration.version, migration]));
  const stepsMax = "all" in extent ? Number.POSITIVE_INFINITY : extent.steps;
  const ids: string[] = [];
  while (ids.length < stepsMax) {
    const id = await undoNewest(context, known);
    if (id === null) break;
    ids.push(id);
  }
  return ids;
}

async function undoNewest(
  { pool, log }: MigrationContext,
  known: ReadonlyMap<string, Migration>,
): Promise<string | null> {
  const id = await withMigrationLock(pool, async (client) => {
    const newest = (await readApplied(client)).at(-1);
    if (newest === undefined) return null;
    const migration = known.get(newest.version);
    if (migration === undefined) {
      throw new CulpritError(
        "SCHEMA_TOO_NEW",
        `The newest migration ${newest.version}_${newest.name} is not known to this Culprit. Undo it with the one that applied it.`,
        { details: { provided: newest.version } },
      );
    }
    await client.query("delete from schema_migrations where version = $1", [migration.version]);
    await runMigrationSql(client, `${migration.id}.down.sql`, migration.down);
    return migration.id;
  });
  if (id !== null) log.info({ migration: id }, "migrated down");
  return id;
}
