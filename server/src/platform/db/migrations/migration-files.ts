import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of Culprit's own migrations. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../../migrations", import.meta.url));

/** `20261121000000_foundation.up.sql`: fourteen digits of UTC time, then a name in snake case. */
export const MIGRATION_FILE = /^(?<version>\d{14})_(?<name>[a-z0-9]+(?:_[a-z0-9]+)*)\.(?<direction>up|down)\.sql$/;

/** One migration, read from its two files. */
export interface Migration {
  readonly version: string;
  readonly name: string;
  /** `<version>_<name>` */
  readonly id: string;
  readonly up: string;
  readonly down: string;
  /** True when older code must not run on the schema after it: the first line of the up file is `-- breaking`. */
  readonly isBreaking: boolean;
  /** SHA-256 of the up file, so that a later edit shows in the status. */
  readonly checksum: string;
}

/** The migrations of a folder, oldest first. Other files are left alone; `checkMigrationNames` finds the misnamed. */
export async function readMigrations(folder: string = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((file) => MIGRATION_FILE.exec(file)?.groups?.direction === "up").sort();
  return Promise.all(names.map((file) => readMigration(folder, file)));
}

async function readMigration(folder: string, upFile: string): Promise<Migration> {
  const { version = "", name = "" } = MIGRATION_FILE.exec(upFile)?.groups ?? {};
  const up = await readFile(join(folder, upFile), "utf8");
  const down = await readFile(join(folder, `${version}_${name}.down.sql`), "utf8");
  return {
    version,
    name,
    id: `${version}_${name}`,
    up,
    down,
    isBreaking: /^-- breaking\b/.test(up),
    checksum: createHash("sha256").update(up).digest("hex"),
  };
}
