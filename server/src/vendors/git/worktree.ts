import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { PatchChange } from "../../analysis/patch/refuse-changes.ts";
import type {
  FileEdit,
  OpenRepairRepository,
  RepairRepository,
  TreeEntry,
} from "../../domains/repair/repository-port.ts";
import { linkTree, writeEdits } from "./link-tree.ts";
import { commitOf, openObjectReader } from "./object-reader.ts";
import { type GitOutcome, runScratchGit } from "./worktree-git.ts";

const fileBytesMax = 1024 * 1024;
const revertsMax = 32;
const revertCharactersMax = 256 * 1024;
const diffFormat = ["--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/"];

/** Repair's view of the mirrors below `repositoriesFolder`, one bare `<repository id>.git` each. */
export function openRepairRepositories(repositoriesFolder: string): OpenRepairRepository {
  const reverts: Reverts = new Map();
  return async (repositoryId) => {
    if (!/^[\w-]+$/.test(repositoryId)) return null;
    const mirror = join(repositoriesFolder, `${repositoryId}.git`);
    return existsSync(mirror) ? await openRepairRepository(mirror, reverts) : null;
  };
}

type Revert = Awaited<ReturnType<RepairRepository["revert"]>>;

/** Reverts by mirror, base and culprit, the newest last: commits do not change, and an autopsy and a repair ask for the same. */
type Reverts = Map<string, Revert>;

/**
 * A scratch repository that borrows the mirror's objects and leaves the mirror as it is: a fetch that runs meanwhile
 * and a work tree that is thrown away do not meet.
 */
export async function openRepairRepository(mirror: string, reverts: Reverts = new Map()): Promise<RepairRepository> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-repair-"));
  const gitDir = join(folder, "scratch.git");
  let count = 0;
  const fresh = (name: string): string => join(folder, `${name}-${++count}`);
  const git = (args: readonly string[], options: { workTree?: string; index?: string; stdin?: string } = {}) =>
    runScratchGit(args, { gitDir, ...options });

  await mkdir(join(gitDir, "objects", "info"), { recursive: true });
  const objects = existsSync(join(mirror, ".git")) ? join(mirror, ".git", "objects") : join(mirror, "objects");
  await mkdir(join(gitDir, "refs"), { recursive: true });
  await writeFile(join(gitDir, "HEAD"), "ref: refs/heads/none\n");
  await writeFile(join(gitDir, "config"), await scratchConfig(mirror));
  await writeFile(join(gitDir, "objects", "info", "alternates"), `${objects}\n`);
  // Without it git looks for parents that a shallow clone does not have, and stops.
  const shallow = join(dirname(objects), "shallow");
  if (existsSync(shallow)) await copyFile(shallow, join(gitDir, "shallow"));

  const text = async (args: readonly string[], options = {}): Promise<string> =>
    succeeded(args, await git(args, options)).stdout.toString("utf8");
  const baseIndex = remembered(async (base: string): Promise<string> => {
    const index = fresh("base");
    await text(["read-tree", base], { index });
    return index;
  });
  const indexOf = async (base: string): Promise<string> => {
    const index = fresh("index");
    await copyFile(await baseIndex(base), index);
    return index;
  };
  const diffOfIndex = (base: string, index: string): Promise<string> =>
    text(["diff", "--cached", "--binary", "--no-renames", ...diffFormat, base], { index });

  const reader = openObjectReader(gitDir);
  const commit = remembered(async (id: string) => commitOf(await reader.read(`${id}^{commit}`, fileBytesMax)));
  const hasCommit = async (id: string): Promise<boolean> => isCommitId(id) && (await commit(id)) !== null;
  const parentsOf = remembered(async (id: string): Promise<readonly string[]> => {
    const known = await commit(id);
    if (known === null) throw new Error(`There is no commit ${id}.`);
    const there: string[] = [];
    // A shallow clone names parents that it does not have.
    for (const parent of known.parents) if (await hasCommit(parent)) there.push(parent);
    return there;
  });
  const listFiles = remembered(async (id: string) => parseTree(await text(["ls-tree", "-r", "-z", id])));
  const modesOf = remembered(
    async (id: string) => new Map((await listFiles(id)).map(({ path, mode }) => [path, mode])),
  );
  const readText = remembered(async (name: string): Promise<string | null> => {
    const object = await reader.read(name, fileBytesMax);
    return object?.type === "blob" && object.content !== null ? textOf(object.content) : null;
  });
  const readFileAt = async (id: string, path: string): Promise<string | null> => {
    // A line is a question to git; a name of two lines would be two.
    if (!(await modesOf(id)).get(path)?.startsWith("100") || path.includes("\n")) return null;
    return readText(`${id}:${path}`);
  };
  const treeOf = remembered(async (key: string): Promise<{ folder: string } | { reason: string }> => {
    const [base = "", ...diffs] = JSON.parse(key) as string[];
    const index = await indexOf(base);
    for (const diff of diffs) {
      // In the index alone: no link of the tree is ever followed, whatever path a patch names.
      const outcome = await git(["apply", "--cached", "-"], { index, stdin: diff });
      if (outcome.code !== 0) return { reason: firstLine(outcome.stderr) };
    }
    const target = fresh("tree");
    await mkdir(target);
    const outcome = await git(["checkout-index", "--all", "--force"], { workTree: target, index });
    return outcome.code === 0 ? { folder: target } : { reason: firstLine(outcome.stderr) };
  });
  const revert = async (base: string, culprit: string): Promise<Revert> => {
    const parents = await parentsOf(culprit);
    if (parents.length === 0) return { reason: "The commit is the first of the history." };
    const workTree = fresh("revert");
    await mkdir(workTree);
    const index = fresh("index");
    await text(["update-ref", "--no-deref", "HEAD", base]);
    await text(["reset", "--hard", "--quiet"], { workTree, index });
    const mainline = parents.length > 1 ? ["-m", "1"] : [];
    const outcome = await git(["revert", "--no-commit", ...mainline, culprit], { workTree, index });
    if (outcome.code !== 0) {
      const conflicts = await text(["diff", "--name-only", "--diff-filter=U"], { workTree, index });
      await git(["revert", "--quit"], { workTree, index });
      const where = conflicts.trim().split("\n").filter(Boolean).slice(0, 5).join(", ");
      return { reason: where === "" ? firstLine(outcome.stderr) : `It conflicts with later changes in ${where}.` };
    }
    await git(["revert", "--quit"], { workTree, index });
    const diff = await diffOfIndex(base, index);
    return diff === "" ? { reason: "Undoing it changes nothing: it was undone before." } : { diff };
  };

  return {
    hasCommit,
    parentsOf,
    async isAncestor(older, newer) {
      return (await git(["merge-base", "--is-ancestor", older, newer])).code === 0;
    },
    async subjectOf(id) {
      return (await commit(id))?.subject ?? (await text(["show", "-s", "--format=%s", id])).trim();
    },
    listFiles,
    readFile: readFileAt,
    async changedPaths(from, to) {
      const listed = await text(["diff", "--name-only", "--no-renames", "-z", from, to]);
      return listed.split("\0").filter(Boolean);
    },
    diffOf: remembered(async (id) => {
      const [parent] = await parentsOf(id);
      return parent === undefined ? "" : text(["diff", "-M", ...diffFormat, parent, id]);
    }),
    async revert(base, culprit) {
      const key = `${mirror}\0${base}\0${culprit}`;
      const known = reverts.get(key) ?? (await revert(base, culprit));
      reverts.delete(key);
      if (!("diff" in known) || known.diff.length <= revertCharactersMax) reverts.set(key, known);
      for (const oldest of [...reverts.keys()].slice(0, Math.max(0, reverts.size - revertsMax))) reverts.delete(oldest);
      return known;
    },
    async diffOfEdits(base, edits) {
      const index = await indexOf(base);
      await addToIndex(git, await modesOf(base), index, edits);
      return diffOfIndex(base, index);
    },
    async applyPatch(base, diff) {
      const index = await indexOf(base);
      const outcome = await git(["apply", "--cached", "-"], { index, stdin: diff });
      if (outcome.code !== 0) return { reason: firstLine(outcome.stderr) };
      const listed = await text(["diff", "--cached", "--raw", "--numstat", "--no-renames", "-z", base], { index });
      return {
        diff: await diffOfIndex(base, index),
        changes: parseChanges(listed),
        readFile: async (path) => {
          const { code, stdout } = await git(["cat-file", "blob", `:${path}`], { index });
          return code === 0 ? textOf(stdout) : null;
        },
      };
    },
    async materialise(base, diffs, edits = []) {
      const made = await treeOf(JSON.stringify([base, ...diffs]));
      if ("reason" in made || edits.length === 0) return made;
      const target = fresh("tree");
      await linkTree(made.folder, target);
      const refusal = await writeEdits(target, edits);
      return refusal === null ? { folder: target } : { reason: refusal };
    },
    async close() {
      reader.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addToIndex(
  git: (args: readonly string[], options: { index?: string; stdin?: string }) => Promise<GitOutcome>,
  modes: ReadonlyMap<string, string>,
  index: string,
  edits: readonly FileEdit[],
): Promise<void> {
  const entries: string[] = [];
  for (const { path, text } of edits) {
    if (text === null) entries.push(`0 ${"0".repeat(40)}\t${path}\0`);
    else {
      const blob = succeeded(["hash-object"], await git(["hash-object", "-w", "--stdin"], { stdin: text }));
      entries.push(`${modes.get(path) ?? "100644"} ${blob.stdout.toString("utf8").trim()}\t${path}\0`);
    }
  }
  succeeded(["update-index"], await git(["update-index", "-z", "--index-info"], { index, stdin: entries.join("") }));
}

/** The same answer for the same question: what is asked of commits does not change while a repository is open. */
function remembered<T>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (name) => {
    const answer = known.get(name) ?? ask(name);
    known.set(name, answer);
    return answer;
  };
}

/** SHA-256 repositories say so in their configuration; objects can only be borrowed between equals. */
export async function scratchConfig(mirror: string): Promise<string> {
  const gitDir = existsSync(join(mirror, ".git")) ? join(mirror, ".git") : mirror;
  const config = await readFile(join(gitDir, "config"), "utf8").catch(() => "");
  return /^\s*objectformat\s*=\s*"?sha256\b/im.test(config)
    ? "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectFormat = sha256\n"
    : "[core]\n\trepositoryformatversion = 0\n\tbare = false\n";
}

function parseTree(listing: string): TreeEntry[] {
  return listing.split("\0").flatMap((line) => {
    const match = /^(\d{6}) \w+ [0-9a-f]+\t(.*)$/s.exec(line);
    return match?.[1] !== undefined && match[2] !== undefined ? [{ mode: match[1], path: match[2] }] : [];
  });
}

/** The entries of `--raw`, with the counts of `--numstat` that follow them. */
function parseChanges(listing: string): PatchChange[] {
  const parts = listing.split("\0");
  const modes = new Map<string, { readonly oldMode: string; readonly newMode: string }>();
  const changes: PatchChange[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const raw = /^:(\d{6}) (\d{6}) /.exec(parts[at] ?? "");
    const counted = /^(\d+|-)\t(\d+|-)\t(.+)$/s.exec(parts[at] ?? "");
    if (raw?.[1] !== undefined && raw[2] !== undefined) {
      at += 1;
      modes.set(parts[at] ?? "", { oldMode: raw[1], newMode: raw[2] });
    } else if (counted?.[3] !== undefined) {
      const path = counted[3];
      const lines = counted[1] === "-" ? null : Number(counted[1]) + Number(counted[2]);
      changes.push({ path, ...(modes.get(path) ?? { oldMode: "100644", newMode: "100644" }), lines });
    }
  }
  return changes;
}

/** Text in UTF-8 of at most 1 MB; null for anything else, because what can't be read back as it was can't be changed. */
function textOf(content: Buffer): string | null {
  if (content.length > fileBytesMax || content.subarray(0, 8000).includes(0)) return null;
  const text = content.toString("utf8");
  return Buffer.from(text).equals(content) ? text : null;
}

function succeeded(args: readonly string[], outcome: GitOutcome): GitOutcome {
  if (outcome.code === 0) return outcome;
  throw new Error(`git ${args[0]} failed with ${outcome.code}: ${firstLine(outcome.stderr)}`);
}

export function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.slice(0, 500) ?? "";
}

function isCommitId(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
