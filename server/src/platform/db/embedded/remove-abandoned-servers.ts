import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { openClusterFolder } from "./cluster-folder.ts";
import { findPostmaster } from "./postmaster.ts";
import { signOn } from "./server-users.ts";

/** Younger folders may belong to a process that has not signed on yet. */
const AGE_MIN_MS = 600_000;

/**
 * Stops the servers of killed processes in the temporary data folders `<parent>/<prefix>*` and removes those folders;
 * returns their paths. A folder that a living process uses, or of which anything is unclear, is left alone.
 */
export async function removeAbandonedServers(parent: string, prefix: string, ageMinMs = AGE_MIN_MS): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const dataDir = join(parent, name);
    if (await removeIfAbandoned(dataDir, ageMinMs).catch(() => false)) removed.push(dataDir);
  }
  return removed;
}

async function removeIfAbandoned(dataDir: string, ageMinMs: number): Promise<boolean> {
  const { mtimeMs } = await stat(dataDir);
  if (Date.now() - mtimeMs < ageMinMs) return false;
  const folder = await openClusterFolder(dataDir);
  const use = signOn(folder.users);
  const isUsed = use.others().length > 0;
  use.end();
  if (isUsed) return false;
  const pid = findPostmaster(folder);
  // SIGQUIT: at once, without the checkpoint that nobody will read.
  if (pid !== null) process.kill(pid, "SIGQUIT");
  await rm(folder.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  await rm(dataDir, { recursive: true, force: true });
  return true;
}
