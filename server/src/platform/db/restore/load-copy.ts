import { createReadStream } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { LogicalManifest } from "../backup/copy-manifest.ts";
import { listPartitions, listTables } from "../backup/list-copied.ts";
import type { DatabaseLog } from "../database-log.ts";
import { inTransaction } from "../in-transaction.ts";
import { withMaintenanceLock } from "../maintain/maintenance-lock.ts";
import { refreshViews } from "../maintain/refresh-views.ts";
import { migrateUp } from "../migrations/migrate-up.ts";
import { MIGRATIONS_FOLDER, type Migration } from "../migrations/migration-files.ts";
import { checkCopy, migrationsOfCopy } from "./check-copy.ts";
import { emptyTarget, refuseWhileRunning } from "./empty-target.ts";

export interface RestoredCopy {
  readonly snapshotAt: string;
  readonly tables: number;
  readonly rows: number;
  /** Migrations that the copy was older than. */
  readonly migrated: readonly string[];
  /** Tables of the copy that are not Culprit's and so were left out. */
  readonly foreign: readonly string[];
}

/**
 * Restores a logical copy into an empty database (with `isReplaced` it is emptied first, for good): first all files are checked, then the schema is made as it was, all rows
 * are loaded in one transaction that counts them and checks every foreign key, then the schema is brought up to date.
 * Killed in between it leaves a database without people, projects or incidents, into which it can be run again.
 * @throws CulpritError CONFLICT when the database is not empty and not to be replaced, or Culprit runs on it, SCHEMA_TOO_NEW for a copy of a newer
 *   Culprit, INVALID_REQUEST for a damaged one.
 */
export async function loadCopy(
  pool: pg.Pool,
  folder: string,
  manifest: LogicalManifest,
  options: { readonly isReplaced: boolean; readonly log: DatabaseLog; readonly progress: (line: string) => void },
): Promise<RestoredCopy> {
  const migrations = await migrationsOfCopy(manifest);
  await refuseWhileRunning(pool);
  options.progress("checking the files of the backup");
  await checkCopy(folder, manifest);
  const restored = await withMaintenanceLock(pool, () => load(pool, folder, manifest, { ...options, migrations }));
  if (restored !== null) return restored;
  throw new CulpritError(
    "CONFLICT",
    "Another restore, or maintenance, is at work on this database. Wait until it has ended, then run the restore again.",
  );
}

async function load(
  pool: pg.Pool,
  folder: string,
  manifest: LogicalManifest,
  options: Parameters<typeof loadCopy>[3] & { readonly migrations: readonly Migration[] },
): Promise<RestoredCopy> {
  const { isReplaced, log, progress, migrations } = options;
  await emptyTarget(pool, log, isReplaced);
  const theirs = await tableNames(pool);
  await migrateTo(pool, log, migrations);
  const names = (await tableNames(pool)).filter((name) => !theirs.includes(name));
  const own = { ...manifest, tables: manifest.tables.filter(({ name }) => names.includes(name)) };
  const rows = await inTransaction(pool, "begin", (client) => loadTables(client, folder, own, names, progress));
  const migrated = await migrateUp({ pool, log });
  await refreshViews(pool);
  progress("statistics");
  await pool.query("analyze");
  const foreign = manifest.tables.map(({ name }) => name).filter((name) => !names.includes(name));
  return { snapshotAt: manifest.snapshotAt, tables: own.tables.length, rows, migrated, foreign };
}

async function tableNames(pool: pg.Pool): Promise<string[]> {
  return inTransaction(pool, "begin read only", async (client) => (await listTables(client)).map(({ name }) => name));
}

/** The schema as it was when the copy was made. */
async function migrateTo(pool: pg.Pool, log: DatabaseLog, migrations: readonly Migration[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-restore-"));
  try {
    for (const { id } of migrations)
      for (const file of [`${id}.up.sql`, `${id}.down.sql`])
        await copyFile(join(MIGRATIONS_FOLDER, file), join(folder, basename(file)));
    await migrateUp({ pool, log, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function loadTables(
  client: pg.PoolClient,
  folder: string,
  manifest: LogicalManifest,
  names: readonly string[],
  progress: (line: string) => void,
): Promise<number> {
  await client.query(
    "set local row_security = off; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'",
  );
  const tables = await listTables(client);
  refuseOtherColumns(manifest, new Map(tables.map(({ name, columns }) => [name, columns])));
  const keys = await dropForeignKeys(client, names);
  // What the migrations wrote themselves is in the copy too.
  await client.query(`truncate ${names.join(", ")}`);
  for (const name of names) await client.query(`alter table ${name} disable trigger user`);
  await makePartitions(client, manifest);
  let total = 0;
  for (const [index, { name, columns, file, rows }] of manifest.tables.entries()) {
    const copy = client.query(copyFrom(`copy ${name} (${columns.join(", ")}) from stdin`));
    await pipeline(createReadStream(join(folder, file)), createGunzip(), copy);
    if (copy.rowCount !== rows)
      throw new CulpritError(
        "INTERNAL_ERROR",
        `${name} took ${copy.rowCount} rows of the ${rows} that the backup holds. Nothing was restored.`,
      );
    total += rows;
    progress(`loaded ${index + 1}/${manifest.tables.length} ${name}: ${rows} rows`);
  }
  progress("checking foreign keys");
  for (const { table, name, definition } of keys) {
    await client.query(`alter table ${table} add constraint ${name} ${definition}`).catch((cause: Error) => {
      throw new CulpritError(
        "INVALID_REQUEST",
        `The backup contradicts itself: ${cause.message}. No row was restored, and the database is empty now; restore another copy into it.`,
        { cause },
      );
    });
  }
  for (const name of names) await client.query(`alter table ${name} enable trigger user`);
  for (const { name, lastValue } of manifest.sequences)
    await client.query("select setval($1::regclass, $2::bigint)", [name, lastValue]);
  return total;
}

/** A migration that was edited after the copy was made would show here, before anything is loaded. */
function refuseOtherColumns(manifest: LogicalManifest, target: ReadonlyMap<string, readonly string[]>): void {
  for (const { name, columns } of manifest.tables) {
    const missing = columns.filter((column) => !target.get(name)?.includes(column));
    if (missing.length === 0) continue;
    throw new CulpritError(
      "SCHEMA_TOO_NEW",
      `The backup holds ${name} (${missing.join(", ")}), which the same migrations do not make here: they were edited since. Restore it with Culprit ${manifest.culpritVersion}.`,
      { details: { provided: name } },
    );
  }
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Tables refer to each other in circles, so there is no order in which rows could be loaded under their foreign keys. */
async function dropForeignKeys(client: pg.PoolClient, names: readonly string[]): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select format('%I.%I', n.nspname, c.relname) as table, quote_ident(k.conname) as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0 and format('%I.%I', n.nspname, c.relname) = any($1) order by 1, 2`,
    [names],
  );
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint ${name}`);
  return rows;
}

async function makePartitions(client: pg.PoolClient, { partitions }: LogicalManifest): Promise<void> {
  const there = new Set((await listPartitions(client)).map(({ name }) => name));
  for (const { parent, name, bound } of partitions)
    if (!there.has(name)) await client.query(`create table ${name} partition of ${parent} ${bound}`);
}
