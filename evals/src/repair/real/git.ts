import { mkdir } from "node:fs/promises";
import { runGit } from "../../../../examples/shop/src/generate/fast-import.ts";

const author = { GIT_AUTHOR_NAME: "Lock file", GIT_AUTHOR_EMAIL: "lock@example.com" };
const committer = { GIT_COMMITTER_NAME: "Lock file", GIT_COMMITTER_EMAIL: "lock@example.com" };

/** Runs git on a repository and resolves to what it printed. */
export function git(
  gitDir: string,
  args: readonly string[],
  options: { readonly input?: Buffer; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return runGit([`--git-dir=${gitDir}`, ...args], options);
}

/** A file's text at a commit, or null. */
export function readAt(gitDir: string, commit: string, path: string): Promise<string | null> {
  return git(gitDir, ["show", `${commit}:${path}`]).catch(() => null);
}

/** Writes a commit's files, or some of them, over what is in a folder. */
export async function writeTreeAt(
  gitDir: string,
  commit: string,
  folder: string,
  paths?: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const environment = { GIT_INDEX_FILE: `${folder}.index` };
  await git(gitDir, ["read-tree", commit], { environment });
  // Unlike an archive it leaves nothing out that the project does not publish.
  const wanted = paths === undefined ? ["--all"] : ["--", ...paths];
  await git(gitDir, [`--work-tree=${folder}`, "checkout-index", "--force", ...wanted], { environment });
}

const depth = 200;

/**
 * A bare repository with the history up to a commit on `main` and nothing that came after it; of a clone that lacks objects, 200 generations
 * of it.
 */
export async function cutHistory(gitDir: string, commit: string, folder: string): Promise<void> {
  await runGit(["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  const fetch = (...flags: readonly string[]) =>
    git(folder, ["fetch", "--quiet", "--no-tags", ...flags, gitDir, `${commit}:refs/heads/main`]);
  await fetch().catch(() => fetch(`--depth=${depth}`));
}

/** Commits a file on top of `main`; resolves to the commit. */
export async function commitFile(gitDir: string, path: string, text: string, at: Date): Promise<string> {
  const environment = {
    ...{ GIT_INDEX_FILE: `${gitDir}/index.lockfile`, ...author, ...committer },
    ...{ GIT_AUTHOR_DATE: at.toISOString(), GIT_COMMITTER_DATE: at.toISOString() },
  };
  const run = async (args: readonly string[], input?: Buffer) =>
    (await git(gitDir, args, { environment, ...(input === undefined ? {} : { input }) })).trim();
  await run(["read-tree", "main"]);
  const blob = await run(["hash-object", "-w", "--stdin"], Buffer.from(text));
  await run(["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`]);
  const tree = await run(["write-tree"]);
  const sha = await run(["commit-tree", tree, "-p", "main", "-m", `Add ${path}`]);
  await run(["update-ref", "refs/heads/main", sha]);
  return sha;
}
