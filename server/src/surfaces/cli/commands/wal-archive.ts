import { resolve } from "node:path";
import { readBackupManifest } from "../../../platform/db/backup/copy-manifest.ts";
import {
  pruneWalArchive,
  readWalArchive,
  switchWalArchiveOff,
  switchWalArchiveOn,
  type WalArchive,
} from "../../../platform/db/backup/wal-archive.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Command, CommandContext } from "../command.ts";

export const dbWalArchive: Command = {
  name: "db wal-archive",
  summary: "Archive the log of the embedded database to a folder, so that restore --at can reach any moment.",
  flags: {
    off: { type: "boolean", doc: "Archive no more. What is archived stays." },
    flush: { type: "boolean", doc: "Wait until all that was written so far is archived." },
    prune: {
      type: "string",
      doc: "The folder of the oldest base backup that is kept: files of the log from before it are removed.",
    },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["[DIR]"],
  async run(ctx, { flags, words }) {
    if (typeof flags.prune === "string") return prune(ctx, resolve(flags.prune), flags.json === true);
    if (ctx.config.databaseUrl !== "")
      throw new CulpritError(
        "INVALID_REQUEST",
        "DATABASE_URL names a PostgreSQL of yours, whose settings are yours too. Set in its postgresql.conf: wal_level = replica, archive_mode = on, archive_command = 'test ! -f /ARCHIVE/%f && cp %p /ARCHIVE/%f', and restart it.",
      );
    const { pool } = await ctx.openUnmigrated();
    const folder = words[0];
    const state =
      flags.off === true
        ? await switchWalArchiveOff(pool)
        : folder !== undefined
          ? await switchWalArchiveOn(pool, folder)
          : await readWalArchive(pool, { isFlushed: flags.flush === true });
    ctx.print(flags.json === true ? JSON.stringify(state) : describe(state));
    return 0;
  },
};

async function prune(ctx: CommandContext, backup: string, isJson: boolean): Promise<number> {
  const manifest = await readBackupManifest(backup);
  if (manifest.kind !== "base" || manifest.walFolder === null)
    throw new CulpritError(
      "INVALID_REQUEST",
      `${backup} is no base backup of an embedded database, so there is no archive of Culprit's to prune. For a server of yours: pg_archivecleanup.`,
      { details: { field: "prune", provided: backup } },
    );
  const removed = await pruneWalArchive(manifest.walFolder, manifest.firstWal);
  ctx.print(
    isJson
      ? JSON.stringify({ folder: manifest.walFolder, firstWal: manifest.firstWal, removed })
      : `removed ${removed} files of the log from before ${manifest.firstWal} in ${manifest.walFolder}`,
  );
  return 0;
}

function describe({
  isOn,
  needsRestart,
  folder,
  lastArchived,
  lastArchivedAt,
  lastFailed,
  lastFailedAt,
}: WalArchive): string[] {
  const state = isOn ? "The log is archived" : "The log is not archived";
  const change = isOn
    ? "; it stops with the next start of the database"
    : "; it begins with the next start of the database (stop every Culprit of this data folder, then start one)";
  return [
    `${state}${needsRestart ? change : ""}.`,
    ...(folder === null ? [] : [`Folder: ${folder}`]),
    ...(lastArchived === null ? [] : [`Newest: ${lastArchived}, ${lastArchivedAt?.toISOString()}`]),
    ...(lastFailed !== null && (lastArchivedAt ?? new Date(0)) < (lastFailedAt ?? new Date(0))
      ? [
          `FAILING: ${lastFailed} could not be archived at ${lastFailedAt?.toISOString()}; the log of PostgreSQL says why.`,
        ]
      : []),
  ];
}
