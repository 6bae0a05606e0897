import { randomUUID } from "node:crypto";
import { chown, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import { firstClosedFolder } from "../embedded/reachable-by.ts";
import { readArchiveState } from "./archive-state.ts";

/** A minute of work is the most that a lost disk takes; an idle server archives nothing. */
const ARCHIVE_TIMEOUT = "60s";
const NAMES = ["wal_level", "archive_mode", "archive_command", "archive_timeout"] as const;

/** Whether the embedded server archives its log, where, and how far it is. */
export interface WalArchive {
  readonly isOn: boolean;
  /** It is set differently from how the server runs: that takes the next start. */
  readonly needsRestart: boolean;
  readonly folder: string | null;
  readonly lastArchived: string | null;
  readonly lastArchivedAt: Date | null;
  readonly lastFailed: string | null;
  readonly lastFailedAt: Date | null;
}

/**
 * Sets the embedded server to archive its log to a new folder below `parent`, from its next start on. It is a setting of the
 * database and not of a process, because any process of the data folder may start the server. Each time a folder of its own,
 * so that two servers that descend from one never write over each other's log.
 */
export async function switchWalArchiveOn(pool: pg.Pool, parent: string): Promise<WalArchive> {
  const state = await readArchiveState(pool);
  const folder = join(resolve(parent), `${state.systemIdentifier}-${randomUUID().slice(0, 8)}`);
  const { uid, gid } = await stat(state.dataDirectory);
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    // For root the server is another user, who gets what was made here and no more.
    if (process.geteuid?.() === 0)
      for (let at = folder; made !== undefined && at.length >= made.length; at = dirname(at)) await chown(at, uid, gid);
  } catch (cause) {
    throw unusable(folder, `it can't be made (${(cause as NodeJS.ErrnoException).code})`);
  }
  const closed = await firstClosedFolder(folder, { uid, gid, isOther: uid !== process.geteuid?.() });
  if (closed !== null) {
    await rmdir(folder);
    throw unusable(folder, `PostgreSQL runs as user ${uid} and can't enter ${closed}`);
  }
  const settings = {
    wal_level: "replica",
    archive_mode: "on",
    archive_command: commandFor(folder),
    archive_timeout: ARCHIVE_TIMEOUT,
  };
  for (const name of NAMES) await pool.query(`alter system set ${name} = ${pg.escapeLiteral(settings[name])}`);
  await pool.query("select pg_reload_conf()");
  return readWalArchive(pool);
}

/** Lets the server archive no more, from its next start on. What is archived stays. */
export async function switchWalArchiveOff(pool: pg.Pool): Promise<WalArchive> {
  for (const name of NAMES) await pool.query(`alter system reset ${name}`);
  await pool.query("select pg_reload_conf()");
  return readWalArchive(pool);
}

/** How archiving stands. With `isFlushed`, what was written until now is in the archive when it resolves. */
export async function readWalArchive(pool: pg.Pool, { isFlushed = false } = {}): Promise<WalArchive> {
  const isOn = async () => (await readArchiveState(pool)).archiveMode === "on";
  if (isFlushed && (await isOn())) await flush(pool);
  const state = await readArchiveState(pool);
  const { rows } = await pool.query<{ setting: string; command: string }>(
    `select coalesce((select setting from pg_file_settings where name = 'archive_mode' order by seqno desc limit 1), 'off') as setting,
       coalesce((select setting from pg_file_settings where name = 'archive_command' order by seqno desc limit 1), '') as command`,
  );
  const { lastArchived, lastArchivedAt, lastFailed, lastFailedAt } = state;
  const isCurrentlyOn = state.archiveMode === "on";
  return {
    isOn: isCurrentlyOn,
    needsRestart: (rows[0]?.setting === "on") !== isCurrentlyOn,
    folder: walFolderOf(rows[0]?.command ?? ""),
    lastArchived,
    lastArchivedAt,
    lastFailed,
    lastFailedAt,
  };
}

/**
 * Removes from the archive what is older than `firstWal`, the first file that a base backup needs; as pg_archivecleanup, without
 * regard to the timeline. @returns how many files went.
 */
export async function pruneWalArchive(folder: string, firstWal: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?(\.gz)?$/.test(name));
  const old = names.filter((name) => name.slice(8, 24) < firstWal.slice(8));
  for (const name of old) await rm(join(folder, name), { force: true });
  return old.length;
}

/** Ends the current file of the log and waits until it is archived; gives up when archiving fails. */
async function flush(pool: pg.Pool): Promise<void> {
  const before = await readArchiveState(pool);
  // A file with nothing in it is not ended, so something is written.
  await pool.query("select pg_logical_emit_message(false, 'culprit', 'flush')");
  const { rows } = await pool.query<{ file: string }>("select pg_walfile_name(pg_switch_wal()) as file");
  const file = rows[0]?.file ?? "";
  for (;;) {
    const { lastArchived, lastFailed, lastFailedAt } = await readArchiveState(pool);
    if (lastArchived !== null && lastArchived >= file) return;
    if (lastFailed !== null && lastFailedAt?.getTime() !== before.lastFailedAt?.getTime())
      throw new CulpritError(
        "CONFLICT",
        `The server can't archive ${lastFailed}; its log says why. Mend the archive, then run the command again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Written beside, forced to disk, renamed: a file in the archive is whole. A file that is written twice has the same content. */
function commandFor(folder: string): string {
  const target = `${shellQuote(folder).replaceAll("%", "%%")}/%f.gz`;
  return `gzip -c %p > ${target}.part && sync ${target}.part && mv -f ${target}.part ${target}`;
}

/** The folder that a command of ours writes to; null for another's. */
export function walFolderOf(command: string): string | null {
  const quoted = /^gzip -c %p > '((?:[^']|'\\'')+)'\/%f\.gz\.part && /.exec(command)?.[1];
  return quoted === undefined ? null : quoted.replaceAll("'\\''", "'").replaceAll("%%", "%");
}

/** What fetches a file of the log from `folder`, packed or not. */
export function restoreCommand(folder: string): string {
  const source = `${shellQuote(folder).replaceAll("%", "%%")}/%f`;
  return `if [ -f ${source}.gz ]; then gzip -dc ${source}.gz > %p; else cp ${source} %p; fi`;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function unusable(folder: string, reason: string): CulpritError {
  return new CulpritError(
    "INVALID_REQUEST",
    `${folder} can't hold the archive: ${reason}. Name another folder, or open it with chmod o+x.`,
    {
      details: { field: "DIR", provided: folder },
    },
  );
}
