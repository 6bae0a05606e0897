import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ClusterFolder, SOCKET_PORT } from "./cluster-layout.ts";
import { isProcessAlive } from "./process-identity.ts";

/**
 * The process id of the living PostgreSQL server of this folder, whoever started it, or null. The pid file alone proves
 * nothing: after a crash its number may belong to any process.
 */
export function findPostmaster(folder: Pick<ClusterFolder, "data">): number | null {
  const pid = readPid(join(folder.data, "postmaster.pid"));
  return pid !== null && isServerOf(folder.data, pid) ? pid : null;
}

/**
 * Removes the pid and socket lock files of a server that is gone. PostgreSQL does so itself unless their number is in
 * use again by another process of the same user; then it would refuse to start for ever.
 */
export function removeStaleLocks(folder: ClusterFolder): void {
  const locks = [join(folder.data, "postmaster.pid"), join(folder.socketFolder, `.s.PGSQL.${SOCKET_PORT}.lock`)];
  for (const lock of locks) {
    const pid = readPid(lock);
    if (pid === null || isServerOf(folder.data, pid)) continue;
    // Moved first and looked at again: another starter may have written a good one in between.
    const aside = `${lock}.${process.pid}`;
    try {
      renameSync(lock, aside);
    } catch {
      continue;
    }
    if (readPid(aside) === pid) rmSync(aside, { force: true });
    else renameSync(aside, lock);
  }
}

function readPid(file: string): number | null {
  if (!existsSync(file)) return null;
  try {
    // A socket lock that belongs to a standalone backend holds a negative number.
    const pid = Math.abs(Number.parseInt(readFileSync(file, "utf8"), 10));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** The server works in its data directory; where there is no /proc, its command line names it. */
function isServerOf(data: string, pid: number): boolean {
  if (!isProcessAlive(pid)) return false;
  if (existsSync("/proc/self/cwd")) {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === data;
    } catch {
      return false;
    }
  }
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).includes(data);
  } catch {
    return false;
  }
}
