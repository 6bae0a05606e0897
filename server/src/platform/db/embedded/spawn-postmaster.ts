import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, closeSync, openSync } from "node:fs";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ClusterFolder, SOCKET_PORT } from "./cluster-layout.ts";
import type { Engine } from "./find-engine.ts";
import { type Durability, postgresSettings } from "./postgres-settings.ts";

/**
 * Starts the PostgreSQL server of this folder and returns at once; it may still be starting, or fail.
 *
 * It is a session of its own, so that Ctrl-C in a terminal reaches Culprit alone, which then drains and stops it; and
 * it writes to a file, not to a pipe, so that it outlives a killed Culprit.
 */
export async function spawnPostmaster(
  folder: ClusterFolder,
  engine: Engine,
  durability: Durability,
): Promise<ChildProcess> {
  await writeFile(join(folder.data, "culprit.conf"), postgresSettings(durability));
  const { serverUser } = folder;
  // A process that left in this moment may have removed it.
  await mkdir(folder.socketFolder, { recursive: true, mode: 0o700 });
  if (serverUser.isOther) await chown(folder.socketFolder, serverUser.uid, serverUser.gid);
  const log = openLog(folder);
  try {
    const child = spawn(engine.postgres, ["-D", folder.data, "-k", folder.socketFolder, "-p", String(SOCKET_PORT)], {
      cwd: folder.home,
      detached: true,
      env: { LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", log, log],
      ...(serverUser.isOther ? { uid: serverUser.uid, gid: serverUser.gid } : {}),
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function openLog(folder: ClusterFolder): number {
  const log = openSync(folder.log, "a", 0o600);
  if (folder.serverUser.isOther) chownSync(folder.log, folder.serverUser.uid, folder.serverUser.gid);
  return log;
}
