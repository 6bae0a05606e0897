import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CulpritError } from "../../errors/culprit-error.ts";

/*
 * A backup is a folder with a `manifest.json`:
 * - `logical`: one file for each table (COPY's text form, gzip). Restores into any PostgreSQL 15 or newer, but to the
 *   moment of the copy only.
 * - `base`: the server's own files, from which the archived log (WAL) leads to any later moment. Same major version.
 */

export const MANIFEST = "manifest.json";

const logicalSchema = z.object({
  format: z.literal(1),
  kind: z.literal("logical"),
  culpritVersion: z.string(),
  serverVersion: z.string(),
  /** The moment that the copy shows, by the clock of the database. */
  snapshotAt: z.string(),
  migrations: z.array(z.object({ version: z.string(), name: z.string(), checksum: z.string() })),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()),
      file: z.string(),
      rows: z.number(),
      bytes: z.number(),
      sha256: z.string(),
    }),
  ),
  partitions: z.array(z.object({ parent: z.string(), name: z.string(), bound: z.string() })),
  sequences: z.array(z.object({ name: z.string(), lastValue: z.string() })),
});
export type LogicalManifest = z.infer<typeof logicalSchema>;

const baseSchema = z.object({
  format: z.literal(1),
  kind: z.literal("base"),
  culpritVersion: z.string(),
  /** Like `180004`. */
  serverVersion: z.number(),
  isEmbedded: z.boolean(),
  startedAt: z.string(),
  /** Any moment after this one can be restored, as far as the archive reaches. */
  finishedAt: z.string(),
  /** The first file of the archive that is needed. */
  firstWal: z.string(),
  archiveCommand: z.string(),
  /** Where the archive is, when Culprit itself writes it. */
  walFolder: z.string().nullable(),
  databaseName: z.string(),
  role: z.string(),
  files: z.number(),
  bytes: z.number(),
});
export type BaseManifest = z.infer<typeof baseSchema>;

/** The manifest of a backup. @throws CulpritError NOT_FOUND when the folder holds none, INVALID_REQUEST when it is not whole. */
export async function readBackupManifest(folder: string): Promise<LogicalManifest | BaseManifest> {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new CulpritError(
      "NOT_FOUND",
      `${folder} is no backup: ${path} can't be read (${(cause as NodeJS.ErrnoException).code}). Name the folder that \`culprit backup\` wrote.`,
      { details: { provided: folder }, cause },
    );
  }
  try {
    return z.discriminatedUnion("kind", [logicalSchema, baseSchema]).parse(JSON.parse(text));
  } catch (cause) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `${path} is not the manifest of a backup that this Culprit can read. Use the Culprit that wrote it, or another backup.`,
      { details: { provided: folder }, cause },
    );
  }
}

/** Writes the manifest and forces it to the disk. */
export async function writeBackupManifest(folder: string, manifest: LogicalManifest | BaseManifest): Promise<void> {
  const file = await open(join(folder, MANIFEST), "wx", 0o600);
  await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`);
  await file.sync();
  await file.close();
}
