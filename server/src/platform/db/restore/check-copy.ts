import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { LogicalManifest } from "../backup/copy-manifest.ts";
import { type Migration, readMigrations } from "../migrations/migration-files.ts";

/** Reads every file of a copy and compares it with the manifest. @throws CulpritError INVALID_REQUEST that names the damaged file. */
export async function checkCopy(folder: string, manifest: LogicalManifest): Promise<void> {
  for (const { file, sha256 } of manifest.tables) {
    const hash = createHash("sha256");
    try {
      await pipeline(createReadStream(join(folder, file)), hash);
    } catch (cause) {
      throw damaged(folder, file, `it can't be read (${(cause as NodeJS.ErrnoException).code})`);
    }
    if (hash.digest("hex") !== sha256) throw damaged(folder, file, "its SHA-256 is not that of the manifest");
  }
}

/**
 * Culprit's migrations that the copy was made after, oldest first.
 * @throws CulpritError SCHEMA_TOO_NEW when it was made after one that this Culprit does not know.
 */
export async function migrationsOfCopy(manifest: LogicalManifest): Promise<Migration[]> {
  const known = new Map((await readMigrations()).map((migration) => [migration.version, migration]));
  return manifest.migrations.map(({ version, name }) => {
    const migration = known.get(version);
    if (migration !== undefined) return migration;
    throw new CulpritError(
      "SCHEMA_TOO_NEW",
      `The backup was made after the migration ${version}_${name} (Culprit ${manifest.culpritVersion}), which this Culprit does not know. Restore it with that Culprit or a newer one.`,
      { details: { provided: version } },
    );
  });
}

function damaged(folder: string, file: string, reason: string): CulpritError {
  return new CulpritError(
    "INVALID_REQUEST",
    `The backup in ${folder} is damaged: ${file}: ${reason}. Nothing was changed in the database; use another backup.`,
    { details: { provided: folder } },
  );
}
