import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import { inTransaction } from "../in-transaction.ts";
import { dropPartition, findOldPartitions } from "../retention/old-partitions.ts";
import { type ArchiveManifest, checkArchive, readManifests, writeArchive, writeManifest } from "./archive-file.ts";
import type { ArchiveOptions } from "./archive-incidents.ts";
import { fixTextForms } from "./archive-sql.ts";
import { readCursor } from "./read-cursor.ts";

/** Rows of incidents that may live on, in partitions by the instant of receipt. */
const TABLE = "incident_occurrences";
const BATCH_ROWS = 1_000;

export interface ArchivedPartitions {
  readonly partitions: readonly string[];
  readonly rows: number;
  readonly files: readonly string[];
}

/**
 * Archives the old partitions of occurrences and drops them: their incidents are still alive and keep their counts. An
 * empty one is dropped without a file. Crash-safe as `archiveIncidents`.
 */
export async function archivePartitions(pool: pg.Pool, options: ArchiveOptions): Promise<ArchivedPartitions> {
  const { before, folder, isKept, progress } = options;
  const waiting = (await readManifests(folder)).filter((one) => one.kind === "partition" && one.deletedAt === null);
  const dropped: string[] = [];
  const files: string[] = [];
  let rows = 0;
  for (const { name } of await findOldPartitions(pool, TABLE, before)) {
    if (await holdsRestored(pool, name, before)) continue;
    const earlier = waiting.find(({ partition }) => partition?.name === name);
    if (earlier !== undefined && isKept) continue;
    let manifest = earlier;
    const digest = await digestOf(pool, name);
    if (manifest !== undefined) await checkArchive(folder, manifest);
    if (manifest?.partition?.digest !== digest)
      manifest = digest.startsWith("0:") ? undefined : await writePartition(pool, name, options);
    if (manifest !== undefined) {
      files.push(manifest.file);
      rows += manifest.lines;
      progress(`archived ${manifest.lines} rows of ${name} (${manifest.file})`);
    }
    if (isKept) continue;
    if (!(await drop(pool, name, manifest?.partition?.digest ?? digest))) continue;
    dropped.push(name);
    if (manifest !== undefined) await writeManifest(folder, { ...manifest, deletedAt: new Date().toISOString() });
  }
  return { partitions: dropped, rows, files };
}

/** Whether rows of incidents are in it that were brought back from an archive since. */
async function holdsRestored(pool: pg.Pool, name: string, before: Date): Promise<boolean> {
  const { rows } = await pool.query<{ isSo: boolean }>(
    `select exists (select 1 from incidents i where i.restored_at >= $1 and exists (select 1 from ${name} r where r.incident_id = i.id)) as "isSo"`,
    [before],
  );
  return rows[0]?.isSo === true;
}

function drop(pool: pg.Pool, name: string, digest: string): Promise<boolean> {
  return dropPartition(pool, { parent: TABLE, name }, async (client) => {
    await fixTextForms(client);
    const { rows } = await client.query<{ digest: string }>(digestSql(name));
    if (rows[0]?.digest !== digest)
      throw new CulpritError("CONFLICT", `${name} changed while it was archived. It is kept; run the command again.`);
  });
}

function writePartition(pool: pg.Pool, name: string, { before, folder }: ArchiveOptions): Promise<ArchiveManifest> {
  return inTransaction(pool, "begin isolation level repeatable read read only", async (client) => {
    await fixTextForms(client);
    const { rows } = await client.query<{ digest: string }>(digestSql(name));
    const query = `select json_build_object('table', '${TABLE}', 'incident', r.incident_id, 'row', row_to_json(r))::text as line from ${name} r`;
    async function* lines(): AsyncIterable<string> {
      for await (const { line } of readCursor(client, query, [], BATCH_ROWS)) yield line;
    }
    return writeArchive(folder, lines(), () => ({
      kind: "partition",
      before: before.toISOString(),
      incidents: [],
      partition: { parent: TABLE, name, digest: rows[0]?.digest ?? "" },
    }));
  });
}

async function digestOf(pool: pg.Pool, name: string): Promise<string> {
  return inTransaction(pool, "begin read only", async (client) => {
    await fixTextForms(client);
    const { rows } = await client.query<{ digest: string }>(digestSql(name));
    return rows[0]?.digest ?? "";
  });
}

function digestSql(name: string): string {
  return `select count(*) || ':' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) as digest from ${name} r`;
}
