import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { findPostmaster } from "./postmaster.ts";

/** Beside the data, which data folder it belongs to. */
export const ORIGIN_FILE = "data-folder";

/**
 * Removes the databases below `rootHome` that belonged to a data folder in the system's temporary folder which is gone,
 * and stops their servers. Removing such a folder (a demo, a test) removes only its link; without this, root would
 * gather 40 MB each time. A database whose data folder lay anywhere else is never touched.
 */
export async function sweepRootHome(rootHome: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(rootHome).catch(() => [])) {
    const home = join(rootHome, name);
    const origin = await readFile(join(home, ORIGIN_FILE), "utf8").catch(() => null);
    if (origin === null || !isTemporary(origin) || existsSync(dirname(origin))) continue;
    const pid = findPostmaster({ data: join(home, "data") });
    if (pid !== null) process.kill(pid, "SIGQUIT");
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    removed.push(home);
  }
  return removed;
}

function isTemporary(path: string): boolean {
  return [tmpdir(), "/tmp"].some((folder) => path.startsWith(folder + sep));
}
