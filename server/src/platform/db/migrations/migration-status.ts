import type pg from "pg";
import { readApplied } from "./applied-migrations.ts";
import { readMigrations } from "./migration-files.ts";

/**
 * One line of the status. `changed`: applied, and its file was edited since. `unknown`: applied by a newer Culprit.
 */
export interface MigrationStatus {
  readonly id: string;
  readonly state: "applied" | "changed" | "pending" | "unknown";
  readonly isBreaking: boolean;
  readonly appliedAt: Date | null;
}

/** Every migration that is known here or applied in the database, oldest first. Changes nothing. */
export async function migrationStatus(context: {
  readonly pool: pg.Pool;
  readonly folder?: string;
}): Promise<MigrationStatus[]> {
  const migrations = await readMigrations(context.folder);
  const applied = await readApplied(context.pool);
  const known = migrations.map((migration): MigrationStatus => {
    const row = applied.find(({ version }) => version === migration.version);
    const { id, isBreaking } = migration;
    if (row === undefined) return { id, state: "pending", isBreaking, appliedAt: null };
    const state = row.checksum === migration.checksum ? "applied" : "changed";
    return { id, state, isBreaking, appliedAt: row.applied_at };
  });
  const versions = new Set(migrations.map(({ version }) => version));
  const unknown = applied
    .filter(({ version }) => !versions.has(version))
    .map(
      (row): MigrationStatus => ({
        id: `${row.version}_${row.name}`,
        state: "unknown",
        isBreaking: row.is_breaking,
        appliedAt: row.applied_at,
      }),
    );
  return [...known, ...unknown].sort((a, b) => (a.id < b.id ? -1 : 1));
}
