import { spawn } from "node:child_process";
import { appendFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { unusable } from "./cluster-folder.ts";
import type { ClusterFolder } from "./cluster-layout.ts";
import type { Engine } from "./find-engine.ts";
import { isProcessAlive } from "./process-identity.ts";

/** The role that owns everything; it exists in every embedded server. */
export const EMBEDDED_ROLE = "culprit";

/**
 * Makes the data directory by `initdb` where there is none yet; true when it was made. A killed or concurrent run does no harm: the files
 * are made beside and renamed into place, the first one wins.
 *
 * Throws `DATA_FOLDER_UNUSABLE` with initdb's own words when it fails.
 */
export async function createCluster(folder: ClusterFolder, engine: Engine, isSynced: boolean): Promise<boolean> {
  await removeUnfinished(folder);
  if (await isDirectory(folder.data)) return false;
  const unfinished = `${folder.data}.new-${process.pid}-${Date.now()}`;
  await runInitdb(folder, engine, unfinished, isSynced);
  await writeFile(join(unfinished, "culprit.conf"), "");
  await appendFile(
    join(unfinished, "postgresql.conf"),
    "\ninclude 'culprit.conf'\n# Your own settings go below this line: the last one wins.\n",
  );
  try {
    await rename(unfinished, folder.data);
    return true;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (await isDirectory(folder.data)) return false;
    throw error;
  }
}

async function runInitdb(folder: ClusterFolder, engine: Engine, target: string, isSynced: boolean): Promise<void> {
  const { serverUser } = folder;
  const child = spawn(
    engine.initdb,
    [
      ...["-D", target, "-U", EMBEDDED_ROLE, "--auth=trust", "--encoding=UTF8"],
      // One order of text on every machine, whatever its locales.
      ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"],
      ...(isSynced ? [] : ["--no-sync"]),
    ],
    {
      cwd: folder.home,
      env: { LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "ignore", "pipe"],
      ...(serverUser.isOther ? { uid: serverUser.uid, gid: serverUser.gid } : {}),
    },
  );
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const outcome = await new Promise<number | Error>((done) => {
    child.once("error", done);
    child.once("close", (code) => done(code ?? -1));
  });
  if (outcome === 0) return;
  await rm(target, { recursive: true, force: true });
  const reason = outcome instanceof Error ? outcome.message : complaint.trim();
  throw unusable(
    `initdb could not make a database in ${folder.home}: ${reason}. Free space or mend permissions there, ` +
      "set CULPRIT_DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

/** Removes what a killed initdb left; one that is still running in another process is left alone. */
async function removeUnfinished(folder: ClusterFolder): Promise<void> {
  const pattern = new RegExp(`^${basename(folder.data)}\\.new-(\\d+)-\\d+$`);
  for (const name of await readdir(folder.home)) {
    const pid = pattern.exec(name)?.[1];
    if (pid !== undefined && !isProcessAlive(Number(pid))) {
      await rm(join(folder.home, name), { recursive: true, force: true });
    }
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
