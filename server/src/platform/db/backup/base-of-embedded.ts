import { copyFile, mkdir, open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { readArchiveState, refuseUnarchived } from "./archive-state.ts";
import { withBackupFolder } from "./backup-folder.ts";
import { clockOf, describeBase } from "./base-by-tool.ts";
import { type BaseManifest, writeBackupManifest } from "./copy-manifest.ts";
import { walFolderOf } from "./wal-archive.ts";

/** Their content is made anew at every start, or comes from the archive; the folders must be there. */
const EMPTIED = new Set([
  ...["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"],
]);
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|pg_internal\.init.*|pgsql_tmp.*|current_logfiles.*)$/;
const LAST = "global/pg_control";

/**
 * A base backup of the embedded server, which carries no pg_basebackup: its files are copied while it runs, between
 * pg_backup_start and pg_backup_stop. What changes meanwhile is mended from the archive when it is restored (PostgreSQL's
 * manual, "Making a Base Backup Using the Low Level API").
 */
export async function writeBaseOfEmbedded(
  pool: pg.Pool,
  to: string,
  options: { readonly culpritVersion: string; readonly progress: (line: string) => void },
): Promise<BaseManifest> {
  const state = await readArchiveState(pool);
  refuseUnarchived(state, true);
  return withBackupFolder(to, async (folder) => {
    const data = join(folder, "data");
    const startedAt = await clockOf(pool);
    const client = await pool.connect();
    try {
      // The backup belongs to this session: if it breaks, the server calls it off.
      await client.query("select pg_backup_start('culprit', true)");
      await copyData(state.dataDirectory, data, options.progress);
      options.progress("waiting until the log of this time is archived");
      const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>(
        "select labelfile, spcmapfile from pg_backup_stop(true)",
      );
      await writeFile(join(data, "backup_label"), rows[0]?.labelfile ?? "", { mode: 0o600 });
      if ((rows[0]?.spcmapfile ?? "") !== "")
        await writeFile(join(data, "tablespace_map"), rows[0]?.spcmapfile ?? "", { mode: 0o600 });
    } finally {
      client.release(true);
    }
    const manifest: BaseManifest = {
      ...(await describeBase(state, data, options)),
      isEmbedded: true,
      walFolder: walFolderOf(state.archiveCommand),
      startedAt,
      finishedAt: await clockOf(pool),
    };
    await writeBackupManifest(folder, manifest);
    return manifest;
  });
}

async function copyData(from: string, to: string, progress: (line: string) => void): Promise<void> {
  let files = 0;
  const walk = async (below: string): Promise<void> => {
    await mkdir(join(to, below), { recursive: true, mode: 0o700 });
    for (const entry of await readdir(join(from, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (LEFT_OUT.test(entry.name) || path === LAST) continue;
      if (entry.isDirectory()) {
        if (EMPTIED.has(path)) await mkdir(join(to, path), { mode: 0o700 });
        else await walk(path);
      } else if (entry.isFile()) {
        await copyOne(join(from, path), join(to, path));
        files++;
        if (files % 500 === 0) progress(`copied ${files} files`);
      }
    }
  };
  await walk("");
  await copyOne(join(from, LAST), join(to, LAST));
}

async function copyOne(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    // A table was dropped in this moment; the log tells of it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const file = await open(to, "r");
  await file.sync();
  await file.close();
}
