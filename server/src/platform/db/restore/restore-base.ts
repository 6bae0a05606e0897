import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { BaseManifest } from "../backup/copy-manifest.ts";
import { findProgram } from "../backup/find-program.ts";
import { openClusterFolder } from "../embedded/cluster-folder.ts";
import { ENGINE_MAJOR, findEngine } from "../embedded/find-engine.ts";
import { firstClosedFolder } from "../embedded/reachable-by.ts";
import { findServerUser, type ServerUser } from "../embedded/server-user.ts";
import { checkMoment } from "./check-moment.ts";
import { type Recovered, recoverBase } from "./recover-base.ts";

export interface BaseRestore {
  /** The folder of the backup. */
  readonly from: string;
  readonly manifest: BaseManifest;
  /** A new folder: Culprit's data folder for an embedded database, the server's for one of yours. */
  readonly to: string;
  readonly at: string | null;
  /** Where the archived log is, when it is not where the manifest says. */
  readonly wal: string | null;
  readonly path: string | undefined;
  readonly progress: (line: string) => void;
}

/** What was restored, and what is left to do, in a sentence for people. */
export interface RestoredBase {
  readonly recovered: Recovered | null;
  readonly next: string;
}

/** Checks the wishes, then restores a base backup to a moment (`recoverBase`), with the embedded programs or those of this machine. */
export async function restoreBase(restore: BaseRestore): Promise<RestoredBase> {
  const { manifest, at } = restore;
  if (at !== null) checkMoment(at, manifest, new Date());
  const walFolder = await findWal(restore);
  return manifest.isEmbedded ? restoreEmbedded(restore, walFolder) : restoreServer(restore, walFolder);
}

async function findWal({ wal, manifest }: BaseRestore): Promise<string> {
  const folder = wal ?? manifest.walFolder;
  if (folder === null)
    throw new CulpritError(
      "INVALID_REQUEST",
      `Say where the archived log (WAL) is: --wal DIR. The server archived it by: ${manifest.archiveCommand}`,
      { details: { field: "wal" } },
    );
  const names = await readdir(resolve(folder)).catch((error: NodeJS.ErrnoException) => {
    throw new CulpritError(
      "INVALID_REQUEST",
      `The archive ${folder} can't be read (${error.code}). Say where it is: --wal DIR.`,
      {
        details: { field: "wal", provided: folder },
      },
    );
  });
  if (names.some((name) => name.startsWith(manifest.firstWal))) return resolve(folder);
  throw new CulpritError(
    "INVALID_REQUEST",
    `The archive ${folder} does not hold ${manifest.firstWal}, with which this backup begins. Say where it is: --wal DIR.`,
    { details: { field: "wal", provided: folder } },
  );
}

async function restoreEmbedded(restore: BaseRestore, walFolder: string): Promise<RestoredBase> {
  const { from, manifest, at, progress, to } = restore;
  if (Math.floor(manifest.serverVersion / 10_000) !== Number(ENGINE_MAJOR))
    throw new CulpritError(
      "INVALID_REQUEST",
      `The backup is of PostgreSQL ${Math.floor(manifest.serverVersion / 10_000)} and this Culprit carries ${ENGINE_MAJOR}. Restore it with the Culprit that wrote it (${manifest.culpritVersion}).`,
    );
  const folder = await openClusterFolder(to);
  if (await stat(folder.data).catch(() => null)) throw notEmpty(to, "holds a database");
  const { postgres } = await findEngine(folder.serverUser, folder.engineCopies);
  const recovered = await recoverBase({
    from,
    manifest,
    data: folder.data,
    postgres,
    at,
    walFolder,
    user: folder.serverUser,
    progress,
  });
  await forgetArchive(folder.data);
  return {
    recovered,
    next: `Start it: culprit start --data-dir ${resolve(to)}. It archives no log until culprit db wal-archive says where, because the old one may still run.`,
  };
}

/** Two servers must not archive to one folder. */
async function forgetArchive(data: string): Promise<void> {
  const path = join(data, "postgresql.auto.conf");
  const lines = (await readFile(path, "utf8")).split("\n");
  await writeFile(path, lines.filter((line) => !/^\s*(archive_\w+|wal_level)\s*=/.test(line)).join("\n"));
}

async function restoreServer(restore: BaseRestore, walFolder: string): Promise<RestoredBase> {
  const { from, manifest, at, progress, path } = restore;
  const data = resolve(restore.to);
  const found = await readdir(data).catch(() => null);
  if (found !== null) throw notEmpty(data, found.length === 0 ? "exists" : "is not empty");
  const user = await userOfArchive(walFolder);
  await mkdir(dirname(data), { recursive: true });
  const closed = user.isOther ? await firstClosedFolder(dirname(data), user) : null;
  if (closed !== null)
    throw new CulpritError(
      "INVALID_REQUEST",
      `PostgreSQL will run as user ${user.uid}, who owns the archive, and can't enter ${closed}. Name another folder by --to, or open it with chmod o+x ${closed}.`,
      { details: { field: "to", provided: data } },
    );
  const major = Math.floor(manifest.serverVersion / 10_000);
  const postgres = await findProgram({ name: "postgres", major, isNewerFine: false, path });
  const recovered = await recoverBase({ from, manifest, data, postgres, at, walFolder, user, progress });
  const settings = await readFile(join(data, "postgresql.conf"), "utf8");
  const trap = /^\s*data_directory\s*=/m.test(settings)
    ? "First take data_directory out of its postgresql.conf: it names the folder of the old server. "
    : "";
  return {
    recovered,
    next:
      recovered === null
        ? `${trap}PostgreSQL ${major} is not on this machine (Debian: apt-get install postgresql-${major}), so ${data} is only prepared: take it and ${walFolder} to one, hand both to the user that runs it, and start it with pg_ctl -D ${data} start; it stops replaying at ${at ?? "the end of the archive"} by itself.`
        : `${trap}Start your PostgreSQL ${major} on it, with your own postgresql.conf and pg_hba.conf: pg_ctl -D ${data} start`,
  };
}

/** PostgreSQL does not run as root; whoever wrote the archive can read it. */
async function userOfArchive(walFolder: string): Promise<ServerUser> {
  const user = await findServerUser(null);
  if (!user.isOther) return user;
  const { uid, gid } = await stat(walFolder);
  return uid === 0 ? user : { uid, gid, isOther: true };
}

function notEmpty(folder: string, what: string): CulpritError {
  return new CulpritError("CONFLICT", `${folder} ${what}. Restore into a new folder: --to DIR.`, {
    details: { field: "to", provided: folder },
  });
}
