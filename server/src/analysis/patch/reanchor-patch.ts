import { applyHunks } from "./apply-hunks.ts";
import { type LooseFile, readLoosePatch } from "./read-loose-patch.ts";

/** What a patch makes of one file. */
export interface PatchedFile {
  readonly path: string;
  /** The whole new text; null for a file that goes. */
  readonly text: string | null;
}

export type Reanchored =
  | { readonly files: readonly PatchedFile[]; readonly notes: readonly string[] }
  | { readonly reason: string };

export interface PatchTree {
  /** Every path of the tree that the patch is for. */
  readonly paths: readonly string[];
  /** The text of a regular file; null where it is absent, a link, binary or too large. */
  readonly read: (path: string) => string | null;
  /** Where a patch without any path may belong: the files of the failing stack. */
  readonly likelyPaths: readonly string[];
}

const charactersMax = 1_000_000;

/**
 * What a patch that `git apply` refuses was meant to do: its hunks are looked for by their text, its paths by their ends. Gives
 * up with a reason rather than guess between several places.
 */
export function reanchorPatch(patch: string, tree: PatchTree): Reanchored {
  if (patch.length > charactersMax) return { reason: `it is longer than ${charactersMax} characters` };
  const wanted = readLoosePatch(patch);
  if (wanted.length === 0) return { reason: "it holds no change that could be read" };
  const result = new Map<string, string | null>();
  const notes: string[] = [];
  for (const file of wanted) {
    const done = applyFile(file, tree, result);
    if ("reason" in done) return done;
    for (const { path, text } of done.files) result.set(path, text);
    notes.push(...done.notes);
  }
  return { files: [...result].map(([path, text]) => ({ path, text })), notes: [...new Set(notes)] };
}

function applyFile(file: LooseFile, tree: PatchTree, done: ReadonlyMap<string, string | null>): Reanchored {
  const written = file.newPath ?? file.oldPath;
  if (file.isBinary) return { reason: `it changes the binary file ${written ?? "without a name"}` };
  if (written?.split("/").includes("..")) return { reason: `it names a path outside the repository: ${written}` };
  const read = (path: string): string | null => (done.has(path) ? (done.get(path) ?? null) : tree.read(path));
  const found = existingPath(file, tree);
  if (file.intent === "delete") {
    return found === null
      ? { reason: `it removes ${written}, which is not there` }
      : { files: [{ path: found, text: null }], notes: [] };
  }
  if (file.intent === "create" && (found === null || read(found) === ""))
    return createFile(file, found ?? written, tree.paths);
  if (written === null) return applyToLikely(file, tree, read);
  if (found === null) return { reason: `there is no ${written} at this commit` };
  const source = read(found);
  if (source === null) return { reason: `${found} is no text that could be read` };
  const applied = applyHunks(source, file.hunks);
  if ("reason" in applied) return { reason: `in ${found}, ${applied.reason}` };
  const target = file.newPath === null ? found : movedPath(file, tree, found);
  const notes = [...applied.notes, ...(found === stripPrefix(written) ? [] : [`${written} is ${found}`])];
  const gone = target === found ? [] : [{ path: found, text: null }];
  return { files: [...gone, { path: target, text: applied.text }], notes };
}

function createFile(file: LooseFile, written: string | null, paths: readonly string[]): Reanchored {
  const path = stripPrefix(written ?? "");
  if (path === "" || path.startsWith("/")) return { reason: `it names a path outside the repository: ${path}` };
  const inTheWay = paths.find((known) => path.startsWith(`${known}/`) || known.startsWith(`${path}/`));
  if (inTheWay !== undefined) return { reason: `${path} can't be a file beside ${inTheWay}` };
  const lines = file.hunks.flatMap((hunk) => hunk.lines.filter(({ kind }) => kind !== "removed"));
  const isUnended = file.hunks.at(-1)?.isUnended === true;
  const text = lines.map((line) => line.text).join("\n") + (isUnended || lines.length === 0 ? "" : "\n");
  return { files: [{ path, text }], notes: [] };
}

/** A patch without any path belongs to the only file of the failing stack where it fits. */
function applyToLikely(file: LooseFile, tree: PatchTree, read: (path: string) => string | null): Reanchored {
  const fits = [...new Set(tree.likelyPaths)].flatMap((path) => {
    const applied = applyHunks(read(path) ?? "", file.hunks);
    return "reason" in applied ? [] : [{ path, applied }];
  });
  const [only] = fits;
  if (only === undefined || fits.length > 1)
    return { reason: `it names no file, and ${fits.length} files of the failing stack fit` };
  return {
    files: [{ path: only.path, text: only.applied.text }],
    notes: [...only.applied.notes, `it named no file and fits ${only.path} alone`],
  };
}

function existingPath({ oldPath, newPath }: LooseFile, tree: PatchTree): string | null {
  for (const written of [oldPath, newPath]) {
    const found = written === null ? null : findPath(written, tree.paths);
    if (found !== null) return found;
  }
  return null;
}

/** A path as the repository has it: without a prefix, without a folder of another machine, or below one that was left out. */
function findPath(written: string, paths: readonly string[]): string | null {
  const parts = written
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const known = new Set(paths);
  const [first = "", ...rest] = parts;
  // `a/` is git's prefix far more often than a folder.
  if (/^[abciwo]$/.test(first) && known.has(rest.join("/"))) return rest.join("/");
  for (let dropped = 0; dropped < parts.length; dropped += 1) {
    const path = parts.slice(dropped).join("/");
    // A bare name that is left when all folders are dropped is no longer the path that was meant.
    if (known.has(path) && (dropped <= 1 || path.includes("/"))) return path;
  }
  const tail = (/^[abciwo]$/.test(first) ? rest : parts).join("/");
  const below = paths.filter((path) => path.endsWith(`/${tail}`));
  return below.length === 1 ? (below[0] ?? null) : null;
}

function movedPath({ oldPath, newPath }: LooseFile, tree: PatchTree, found: string): string {
  if (oldPath === null || newPath === null) return found;
  const [from, to] = [stripPrefix(oldPath), stripPrefix(newPath)];
  return from === to || findPath(newPath, tree.paths) === found || from !== found ? found : to;
}

function stripPrefix(path: string): string {
  return path.replace(/^\.\//, "").replace(/^[ab]\//, "");
}
