import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { CulpritError } from "../../errors/culprit-error.ts";

/**
 * Lets `write` fill a folder beside `to` and then gives it that name, so that `to` is a whole backup or not there.
 * @throws CulpritError CONFLICT when `to` holds something, INVALID_REQUEST when it can't be written (then nothing is left).
 */
export async function withBackupFolder<T>(to: string, write: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(to);
  await refuseFull(target);
  const unfinished = `${target}.unfinished-${randomUUID().slice(0, 8)}`;
  try {
    // Folders above it are made with the usual rights: others may have business there.
    await mkdir(dirname(target), { recursive: true });
    await mkdir(unfinished, { mode: 0o700 });
    const result = await write(unfinished);
    await rename(unfinished, target);
    const parent = await open(dirname(target), "r");
    await parent.sync();
    await parent.close();
    return result;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw explain(error, target);
  }
}

async function refuseFull(target: string): Promise<void> {
  const found = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw explain(error, target);
  });
  if (found.length === 0) return;
  throw new CulpritError(
    "CONFLICT",
    `${target} is not empty. A backup takes a new folder: name another, or remove this one.`,
    {
      details: { field: "TO", provided: target },
    },
  );
}

function explain(error: unknown, target: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!["EACCES", "ENOSPC", "ENOTDIR", "EROFS", "EDQUOT", "EPERM"].includes(code)) return error;
  return new CulpritError(
    "INVALID_REQUEST",
    `The backup can't be written to ${target} (${code}). Nothing of it is left; free space or mend permissions there, or name another folder.`,
    { details: { field: "TO", provided: target }, cause: error },
  );
}
