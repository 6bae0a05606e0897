import type { BlameCase } from "../../blame/cases.ts";
import { git } from "./git.ts";

/** The commit that repaired a case, and the tests that it changed. */
export interface Fix {
  readonly sha: string;
  readonly tests: readonly string[];
  /** Everything that it changed or brought under a test's name, fixtures as well. */
  readonly testFiles: readonly string[];
}

const underTests = /(?:^|\/)(?:tests?|specs?|__tests__)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)tests?\.\w+$/i;
const script = /\.(?:[cm]?[jt]sx?|coffee)$/;

/**
 * The child of the case's commit that touches the files of the labelled place, the one of the labelled time where several do; null where the
 * repository lacks it.
 */
export async function findFix(gitDir: string, one: BlameCase): Promise<Fix | null> {
  const places = Object.keys(one.fix_location);
  const children = (await git(gitDir, ["rev-list", "--all", "--children", "--timestamp"]).catch(() => ""))
    .split("\n")
    .find((line) => line.split(" ")[1] === one.base_commit)
    ?.split(" ")
    .slice(2);
  const fixes: { readonly sha: string; readonly time: number; readonly paths: readonly string[] }[] = [];
  for (const sha of children ?? []) {
    const [time = "", ...rest] = (await git(gitDir, ["show", "-s", "--format=%at %ct", sha])).trim().split(" ");
    const diff = await git(gitDir, ["diff", "--name-only", "--diff-filter=d", one.base_commit, sha]);
    const paths = diff.split("\n").filter((path) => path !== "");
    const isAtTime = [time, ...rest].some((text) => Number(text) === one.time_of_fix);
    if (places.every((path) => paths.includes(path))) fixes.push({ sha, time: isAtTime ? 0 : 1, paths });
  }
  const fix = fixes.sort((a, b) => a.time - b.time)[0];
  if (fix === undefined) return null;
  const testFiles = fix.paths.filter((path) => underTests.test(path));
  // A bug that lies in a test itself has that test as its place, not as its oracle.
  const own = testFiles.filter((path) => !places.includes(path));
  return { sha: fix.sha, testFiles: own, tests: own.filter((path) => script.test(path)) };
}
