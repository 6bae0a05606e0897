import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { CulpritError } from "../../errors/culprit-error.ts";
import { inTransaction } from "../in-transaction.ts";
import { readApplied } from "../migrations/applied-migrations.ts";
import { withBackupFolder } from "./backup-folder.ts";
import { type LogicalManifest, writeBackupManifest } from "./copy-manifest.ts";
import { type CopiedTable, listPartitions, listSequences, listTables } from "./list-copied.ts";

/** Half the time of the default, for files a tenth larger. */
const GZIP_LEVEL = 4;

/**
 * Writes a logical copy of all of Culprit's tables to the new folder `to`, as they are in one moment, whatever is written
 * meanwhile; needs no tool of PostgreSQL. Streams: memory does not grow with the data.
 * @throws CulpritError CONFLICT when `to` is not empty or the database was never migrated, INVALID_REQUEST when it can't be written.
 */
export async function writeCopy(
  pool: pg.Pool,
  to: string,
  { culpritVersion, progress }: { readonly culpritVersion: string; readonly progress: (line: string) => void },
): Promise<LogicalManifest> {
  return withBackupFolder(to, (folder) =>
    inTransaction(pool, "begin isolation level repeatable read read only", async (client) => {
      // Rows that a policy hides would be missing in silence; with this they are an error.
      await client.query("set local row_security = off; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'");
      await client.query(
        "set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'; set local extra_float_digits = 1",
      );
      const migrations = (await readApplied(client)).map(({ version, name, checksum }) => ({
        version,
        name,
        checksum,
      }));
      if (migrations.length === 0)
        throw new CulpritError(
          "CONFLICT",
          "This database holds no schema of Culprit, so there is nothing to back up. Check DATABASE_URL or the data folder.",
        );
      const tables = await listTables(client);
      // So that no partition is dropped and no column changed before its turn.
      await client.query(`lock table ${tables.map(({ name }) => name).join(", ")} in access share mode`);
      const { rows } = await client.query<{ now: Date; version: string }>(
        "select now() as now, current_setting('server_version') as version",
      );
      const partitions = await listPartitions(client);
      await mkdir(join(folder, "tables"));
      const written: LogicalManifest["tables"] = [];
      for (const [index, table] of tables.entries()) {
        const done = await writeTable(client, folder, table);
        written.push(done);
        progress(`copied ${index + 1}/${tables.length} ${table.name}: ${done.rows} rows`);
      }
      const manifest: LogicalManifest = {
        format: 1,
        kind: "logical",
        culpritVersion,
        serverVersion: rows[0]?.version ?? "",
        snapshotAt: (rows[0]?.now ?? new Date()).toISOString(),
        migrations,
        tables: written,
        partitions,
        // Read last: a sequence never lies behind the rows of the snapshot.
        sequences: await listSequences(client),
      };
      await writeBackupManifest(folder, manifest);
      return manifest;
    }),
  );
}

async function writeTable(
  client: pg.PoolClient,
  folder: string,
  { name, columns }: CopiedTable,
): Promise<LogicalManifest["tables"][number]> {
  const file = `tables/${name.replace(/^public\./, "").replaceAll('"', "")}.copy.gz`;
  const path = join(folder, file);
  const hash = createHash("sha256");
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const list = columns.join(", ");
  // Of a partitioned table only a query can be copied.
  const copy = client.query(copyTo(`copy (select ${list} from ${name}) to stdout`));
  await pipeline(copy, createGzip({ level: GZIP_LEVEL }), count, createWriteStream(path, { flags: "wx", mode: 0o600 }));
  // The count comes behind the data; the next answer is proof that it came.
  await client.query("select 1");
  const written = await open(path, "r");
  await written.sync();
  await written.close();
  return { name, columns: [...columns], file, rows: copy.rowCount, bytes, sha256: hash.digest("hex") };
}
