import { readFile, stat } from "node:fs/promises";

/** The operating-system user that runs PostgreSQL. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** True when it is not the user of this process, so that files must be handed over to it. */
  readonly isOther: boolean;
}

/** The user and group id of this process; 0 for both where the system has no such ids. */
export function currentUser(): ServerUser {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, isOther: false };
}

/**
 * The user that PostgreSQL shall run as: this process's own, or, because PostgreSQL refuses to run as root, for root the
 * owner of the existing data folder, else `nobody`.
 */
export async function findServerUser(existingDataFolder: string | null): Promise<ServerUser> {
  const me = currentUser();
  if (me.uid !== 0) return me;
  if (existingDataFolder !== null) {
    const owner = await stat(existingDataFolder);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, isOther: true };
  }
  return { ...(await findNobody()), isOther: true };
}

async function findNobody(): Promise<{ uid: number; gid: number }> {
  const users = await readFile("/etc/passwd", "utf8");
  const fields = users
    .split("\n")
    .find((line) => line.startsWith("nobody:"))
    ?.split(":");
  const uid = Number(fields?.[2] ?? 65534);
  const gid = Number(fields?.[3] ?? 65534);
  // macOS writes nobody as -2.
  return { uid: uid < 0 ? uid + 2 ** 32 : uid, gid: gid < 0 ? gid + 2 ** 32 : gid };
}
