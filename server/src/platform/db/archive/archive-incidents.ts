import { createHash } from "node:crypto";
import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";
import {
  type ArchiveManifest,
  checkArchive,
  readManifests,
  removeUnfinished,
  writeArchive,
  writeManifest,
} from "./archive-file.ts";
import { fixTextForms, incidentLines, largeDigests, largeLines } from "./archive-sql.ts";
import { deleteArchived } from "./delete-archived.ts";
import { findIncidentChildren } from "./incident-children.ts";
import { readCursor } from "./read-cursor.ts";

const FILE_INCIDENTS = 500;
const NESTED_ROWS = 20;
const LARGE_ROWS = 1_000;

export interface ArchiveOptions {
  /** Incidents that nothing happened to since this instant. */
  readonly before: Date;
  readonly folder: string;
  /** Write and check only; a later run without it deletes what is archived. */
  readonly isKept: boolean;
  readonly progress: (line: string) => void;
}

export interface Archived {
  readonly archived: number;
  readonly deleted: number;
  /** Changed while they were archived: they stay, and go another day. */
  readonly left: number;
  readonly files: readonly string[];
}

/** Opened, seen, resolved and brought back from an archive before the cut, and nothing is at work on it; a page behind the last one, oldest first. */
const OLD = `
select i.id::text as id, i.created_at::text as "createdAt"
from incidents i left join incident_counters k on k.incident_id = i.id
where i.created_at < $1 and coalesce(k.last_seen_at, i.created_at) < $1 and coalesce(i.resolved_at, i.created_at) < $1
  and coalesce(i.restored_at, i.created_at) < $1
  and not exists (select 1 from workflow_executions e where e.incident_id = i.id and e.status in ('pending', 'running'))
  and ($2::timestamptz is null or (i.created_at, i.id) > ($2::timestamptz, $3::uuid))
order by i.created_at, i.id limit ${FILE_INCIDENTS}`;

/**
 * Archives the incidents that are old, five hundred a file, and deletes what stands in a file that was read back from the
 * disk. Killed at any point it has deleted nothing else, and the next call goes on where it was: first with what is archived
 * and not deleted yet, then with the rest. One caller at a time (`withMaintenanceLock`).
 */
export async function archiveIncidents(pool: pg.Pool, options: ArchiveOptions): Promise<Archived> {
  const { folder, isKept, progress } = options;
  await removeUnfinished(folder);
  const waiting = (await readManifests(folder)).filter((one) => one.kind === "incidents" && one.deletedAt === null);
  const files: string[] = [];
  let [archived, deleted, left] = [0, 0, 0];
  for (const manifest of isKept ? [] : waiting) {
    progress(`going on with ${manifest.file}, which was archived and not deleted`);
    await checkArchive(folder, manifest);
    // What changed since is found again below.
    deleted += (await deleteAndNote(pool, folder, manifest)).deleted;
  }
  const known = new Set(isKept ? waiting.flatMap(({ incidents }) => incidents.map(({ id }) => id)) : []);
  for await (const page of oldIncidents(pool, options.before)) {
    const ids = page.filter((id) => !known.has(id));
    if (ids.length === 0) continue;
    const manifest = await archiveOnce(pool, options, ids);
    archived += manifest.incidents.length;
    files.push(manifest.file);
    progress(`archived ${archived} incidents (${manifest.file})`);
    if (isKept) continue;
    const done = await deleteAndNote(pool, folder, manifest);
    deleted += done.deleted;
    left += done.left.length;
  }
  return { archived, deleted, left, files };
}

async function* oldIncidents(pool: pg.Pool, before: Date): AsyncIterable<string[]> {
  let last: { id: string; createdAt: string } | undefined;
  do {
    // As text, because a Date would lose the microseconds.
    const values = [before, last?.createdAt ?? null, last?.id ?? null];
    const { rows } = await pool.query<{ id: string; createdAt: string }>(OLD, values);
    if (rows.length > 0) yield rows.map(({ id }) => id);
    last = rows.at(-1);
  } while (last !== undefined);
}

/** Deletes what a checked archive holds, and notes in its manifest that it was done. */
async function deleteAndNote(
  pool: pg.Pool,
  folder: string,
  manifest: ArchiveManifest,
): Promise<{ deleted: number; left: string[] }> {
  const { deleted, left } = await deleteArchived(pool, manifest.incidents);
  await writeManifest(folder, { ...manifest, deletedAt: new Date().toISOString(), left });
  return { deleted, left };
}

/** Reads the incidents in one snapshot into one file. */
function archiveOnce(
  pool: pg.Pool,
  { before, folder }: ArchiveOptions,
  ids: readonly string[],
): Promise<ArchiveManifest> {
  return inTransaction(pool, "begin isolation level repeatable read read only", async (client) => {
    await fixTextForms(client);
    const children = await findIncidentChildren(client);
    const hashes = new Map<string, string>();
    async function* lines(): AsyncIterable<string> {
      for await (const { id, line } of readCursor(client, incidentLines(children), [ids], NESTED_ROWS)) {
        hashes.set(id ?? "", createHash("sha256").update(line).digest("hex"));
        yield line;
      }
      for (const child of children.filter(({ isLarge }) => isLarge))
        for await (const { line } of readCursor(client, largeLines(child), [ids], LARGE_ROWS)) yield line;
    }
    const { rows } = await client.query<{ id: string; large: string }>(largeDigests(children), [ids]);
    const large = new Map(rows.map((row) => [row.id, row.large]));
    return writeArchive(folder, lines(), () => ({
      kind: "incidents",
      before: before.toISOString(),
      incidents: [...hashes].map(([id, sha256]) => ({ id, sha256, large: large.get(id) ?? "" })),
      partition: null,
    }));
  });
}
