import { copyFile, link, lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileEdit } from "../../domains/repair/repository-port.ts";

/** Makes a second tree of the same files, linked and not copied; nobody writes into either, they are replaced. */
export async function linkTree(source: string, target: string): Promise<void> {
  await mkdir(target);
  const entries = await readdir(source, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [from, to] = [join(source, entry.name), join(target, entry.name)];
      if (entry.isDirectory()) await linkTree(from, to);
      else if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
      else await link(from, to).catch(() => copyFile(from, to));
    }),
  );
}

/** Gives files of a tree these texts. Answers why not where a link of the tree stands in a path: it could lead out of it. */
export async function writeEdits(folder: string, edits: readonly FileEdit[]): Promise<string | null> {
  for (const { path, text } of edits) {
    const parts = path.split("/");
    if (path === "" || parts.some((part) => ["", ".", "..", ".git"].includes(part)))
      return `${path} is no path of a tree.`;
    for (let depth = 1; depth < parts.length; depth += 1) {
      const facts = await lstat(join(folder, ...parts.slice(0, depth))).catch(() => null);
      if (facts !== null && !facts.isDirectory()) return `${parts.slice(0, depth).join("/")} is no folder.`;
    }
    const file = join(folder, path);
    const before = await lstat(file).catch(() => null);
    if (before?.isDirectory()) return `${path} is a folder.`;
    // Taken away first: its content is shared with the tree that it was linked from.
    await rm(file, { force: true });
    if (text === null) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: before?.isFile() ? before.mode & 0o777 : 0o644, flag: "wx" });
  }
  return null;
}
