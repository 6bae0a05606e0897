import { mkdir, rm, statfs } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { readBackupManifest } from "../../platform/db/backup/copy-manifest.ts";
import { writeCopy } from "../../platform/db/backup/write-copy.ts";
import { checkCopy } from "../../platform/db/restore/check-copy.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { clearOwnFault } from "../incident/index.ts";
import { type BackupDone, type StandingBackup, standingBackups } from "./backup-records.ts";
import { type RecordedRun, recordRun } from "./record-run.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

/** A first copy is taken to be at most this part of the database: COPY's text, compressed, without indexes. */
const FIRST_COPY_SHARE = 0.5;
/** The next one is taken to be larger than the last by this much at most. */
const GROWTH = 1.5;

/**
 * Copies the database to a new folder below the backup folder, reads every file of it back, and only then takes away
 * what is more than `backupKeep` verified ones. Null where another process is at it. Memory does not grow with the data.
 * @throws CulpritError where there is no room or the copy is damaged; a fault of Culprit's own then stands.
 */
export async function backUp(
  deps: UpkeepDeps,
  progress: (line: string) => void = () => undefined,
): Promise<RecordedRun<BackupDone> | null> {
  const { database, settings, now } = deps;
  const run = await recordRun(deps, "backup", async () => {
    const earlier = await standingBackups(database.db);
    await refuseWithoutRoom(deps, earlier[0]?.bytes);
    const folder = join(resolve(settings.backupFolder), `culprit-${stamp(now())}`);
    await writeCopy(database.pool, folder, { culpritVersion: settings.culpritVersion, progress });
    const manifest = await readBackupManifest(folder);
    if (manifest.kind !== "logical") throw new Error(`${folder} holds a backup of another kind`);
    progress("reading it back");
    await checkCopy(folder, manifest);
    const pruned = await prune(deps, earlier.slice(Math.max(0, settings.backupKeep - 1)));
    return {
      folder,
      snapshotAt: manifest.snapshotAt,
      tables: manifest.tables.length,
      rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
      bytes: manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0),
      isVerified: true,
      isPruned: false,
      pruned,
    };
  });
  if (run !== null) await clearOwnFault(deps, { projectId: null, kind: "backup_missed", fingerprint: "backup" });
  return run;
}

/** `20261121-013000`, in UTC. */
function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

async function refuseWithoutRoom({ database, settings }: UpkeepDeps, lastBytes: number | undefined): Promise<void> {
  await mkdir(settings.backupFolder, { recursive: true });
  const { bavail, bsize } = await statfs(settings.backupFolder);
  const { rows } = await database.pool.query<{ bytes: number }>("select pg_database_size(current_database()) as bytes");
  const wanted = lastBytes === undefined ? (rows[0]?.bytes ?? 0) * FIRST_COPY_SHARE : lastBytes * GROWTH;
  if (bavail * bsize >= wanted + settings.freeBytesMin) return;
  const mb = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;
  throw new CulpritError(
    "CONFLICT",
    `A backup may need ${mb(wanted)} in ${settings.backupFolder}, and ${mb(settings.freeBytesMin)} stay free: ${mb(bavail * bsize)} are there. Make room, lower backupKeep, or name another disk with backupDir.`,
    { details: { field: "backupDir", provided: settings.backupFolder } },
  );
}

/** Takes backups away and keeps that in their rows. Only folders below the backup folder, which Culprit made itself. */
async function prune({ database, settings }: UpkeepDeps, old: readonly StandingBackup[]): Promise<string[]> {
  const below = `${resolve(settings.backupFolder)}${sep}`;
  const taken: string[] = [];
  for (const { runId, folder } of old) {
    if (!resolve(folder).startsWith(`${below}culprit-`)) continue;
    await rm(folder, { recursive: true, force: true });
    await database.pool.query(`update upkeep_runs set details = details || '{"isPruned": true}' where run_id = $1`, [
      runId,
    ]);
    taken.push(folder);
  }
  return taken;
}
