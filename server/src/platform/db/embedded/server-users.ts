import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isProcessAlive, processStartedAt } from "./process-identity.ts";

/** One use of an embedded server by this process. */
export interface ServerUse {
  /** Signs off; harmless the second time. Synchronous, so that it can run while the process exits. */
  end(): void;
  /** The ids of the processes behind all other living uses. Files of dead processes are removed on the way. */
  others(): number[];
}

/**
 * Signs a use of the server on: one file `<pid>-<random>` a use, whose text is the start time of its process, so that a
 * reused process id is not taken for it. Who ends the last use stops the server; there is no owner among them.
 */
export function signOn(usersFolder: string): ServerUse {
  const own = `${process.pid}-${randomUUID().slice(0, 8)}`;
  writeFileSync(join(usersFolder, own), processStartedAt(process.pid));
  return {
    end: () => rmSync(join(usersFolder, own), { force: true }),
    others: () =>
      readdirSync(usersFolder)
        .filter((name) => name !== own && isInUse(usersFolder, name))
        .map((name) => Number(name.split("-")[0])),
  };
}

function isInUse(usersFolder: string, name: string): boolean {
  const file = join(usersFolder, name);
  const pid = Number(name.split("-")[0]);
  try {
    if (isProcessAlive(pid) && readFileSync(file, "utf8") === processStartedAt(pid)) return true;
  } catch {
    return false;
  }
  rmSync(file, { force: true });
  return false;
}
