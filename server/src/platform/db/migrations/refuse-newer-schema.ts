import { CulpritError } from "../../errors/culprit-error.ts";
import type { AppliedMigration } from "./applied-migrations.ts";
import type { Migration } from "./migration-files.ts";

/**
 * Throws `SCHEMA_TOO_NEW` when the database has a breaking migration that this code does not know. A newer one that is not
 * breaking is tolerated, so that an older server keeps running during a rolling upgrade.
 */
export function refuseNewerSchema(known: readonly Migration[], applied: readonly AppliedMigration[]): void {
  const versions = new Set(known.map((migration) => migration.version));
  const foreign = applied.find((row) => row.is_breaking && !versions.has(row.version));
  if (foreign === undefined) return;
  throw new CulpritError(
    "SCHEMA_TOO_NEW",
    `The database has the breaking migration ${foreign.version}_${foreign.name}, which this Culprit does not know. ` +
      "Start the newer Culprit that applied it, or undo it there with `culprit migrate down`.",
    { details: { provided: foreign.version } },
  );
}
