import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ServerUser } from "./server-user.ts";

const OWNER_EXECUTE = 0o100;
const GROUP_EXECUTE = 0o010;
const OTHER_EXECUTE = 0o001;

/**
 * The first folder on the way to `path` (itself included) that `user` may not enter, or null when the whole way is open.
 * `path` must exist. Looks at the permission bits only: root cannot ask the kernel on behalf of another user without becoming it.
 */
export async function firstClosedFolder(path: string, user: ServerUser): Promise<string | null> {
  const parents: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    parents.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const folder of parents) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? OWNER_EXECUTE : gid === user.gid ? GROUP_EXECUTE : OTHER_EXECUTE;
    if ((mode & bit) === 0) return folder;
  }
  return null;
}
