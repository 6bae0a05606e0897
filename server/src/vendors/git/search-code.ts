import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CodeHit, SearchCode } from "../../domains/repair/autopsy/code-search-port.ts";
import { runScratchGit } from "./worktree-git.ts";

const HITS_MAX = 200;
const FILE_HITS_MAX = "10";

/** Searches the mirrors below `repositoriesFolder` by `git grep`, in the object store: no work tree, no filter, no driver of theirs. */
export function codeSearch(repositoriesFolder: string): SearchCode {
  return async (repositoryIds, commit, word) => {
    if (!/^[0-9a-f]{40,64}$/.test(commit) || !/^[\p{L}\p{N}_$]{2,100}$/u.test(word)) return [];
    for (const id of repositoryIds) {
      const gitDir = join(repositoriesFolder, `${id}.git`);
      if (!/^[\w-]+$/.test(id) || !existsSync(gitDir)) continue;
      if ((await runScratchGit(["cat-file", "-e", `${commit}^{commit}`], { gitDir })).code !== 0) continue;
      const args = [
        "grep",
        "-I",
        "-n",
        "-z",
        "-w",
        "-F",
        "--max-count",
        FILE_HITS_MAX,
        "--threads=1",
        "-e",
        word,
        commit,
        "--",
      ];
      const { code, stdout } = await runScratchGit(args, { gitDir });
      return code === 0 ? parseHits(stdout.toString("utf8"), commit) : [];
    }
    return [];
  };
}

/** `<commit>:<path>\0<line>\0<text>` a line. */
function parseHits(output: string, commit: string): CodeHit[] {
  return output
    .split("\n")
    .flatMap((line): CodeHit[] => {
      const [place, number] = line.split("\0", 2);
      const isHit = place?.startsWith(`${commit}:`) === true && /^\d{1,9}$/.test(number ?? "");
      return isHit ? [{ path: place.slice(commit.length + 1), line: Number(number) }] : [];
    })
    .slice(0, HITS_MAX);
}
