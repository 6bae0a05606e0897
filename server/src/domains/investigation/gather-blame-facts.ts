import type { BlameFacts, FailingPlace, TouchingCommit } from "../../analysis/blame/facts.ts";
import { sourceContext } from "../../analysis/blame/source-context.ts";
import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import type { CommitInfo, CommitPatch, GitRepository } from "../change/index.ts";
import { createPatchReader, findFormerPaths, followBlame } from "./follow-blame.ts";

/** A place in the code as a caller names it: a path at the commit and a line from 1. */
export interface CodePlace {
  readonly path: string;
  readonly line: number;
  readonly weight: number;
}

export interface GatheredBlame extends BlameFacts {
  /** Facts of every commit that `blamed` or `touching` names. */
  readonly commits: ReadonlyMap<string, CommitInfo>;
  /** Whether a line or a file leads to where the history of a shallow clone was cut off, so that nobody knows who wrote it. */
  readonly isCut: boolean;
}

const historyMax = 60;
const blameAround = 40;
const movesMax = 5;

/** Commits that a repository asks blame to look through, from its `.git-blame-ignore-revs` at the commit. */
export async function ignoredRevisions(repository: GitRepository, commit: string): Promise<string[]> {
  const path = ".git-blame-ignore-revs";
  const text = (await repository.readFiles(commit, [path])).get(path) ?? "";
  const asked = text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(line));
  // git refuses to blame when one of them does not exist.
  return (await repository.describeCommits(asked.slice(0, 500))).map((found) => found.sha);
}

/**
 * Everything that git knows about the failing places at `commit` and before: the blame of their lines, and the last
 * sixty commits of their files with their changes. Never looks at a commit that is not an ancestor.
 */
export async function gatherBlameFacts(
  repository: GitRepository,
  commit: string,
  asked: readonly CodePlace[],
): Promise<GatheredBlame> {
  const paths = [...new Set(asked.map((place) => place.path))];
  const [contents, ignored] = await Promise.all([
    repository.readFiles(commit, paths),
    ignoredRevisions(repository, commit),
  ]);
  const places: FailingPlace[] = [];
  for (const place of asked) {
    const content = contents.get(place.path);
    if (content === null || content === undefined) continue;
    const lines = content.split("\n");
    const lineCount = lines.length - (content.endsWith("\n") ? 1 : 0);
    const line = Math.min(Math.max(1, place.line), Math.max(1, lineCount));
    places.push({ ...place, line, text: lines[line - 1] ?? "", context: sourceContext(lines, line) });
  }
  const known = [...new Set(places.map((place) => place.path))];
  const [ran] = await repository.describeCommits([commit]);
  const ranAt = ran?.committedAt ?? "";
  if (known.length === 0) return { ranAt, places, blamed: [], touching: [], commits: new Map(), isCut: false };
  const named = (
    await Promise.all(
      known.map(async (path) => {
        const own = places.filter((place) => place.path === path);
        const lines = new Set(own.map((place) => place.line));
        // A line alone is too short for git to see that it was moved; its function is not.
        const ranges = own.map((place) => ({
          first: Math.max(place.context.functionFirst, place.line - blameAround),
          last: Math.max(place.line, Math.min(place.context.functionLast, place.line + blameAround)),
        }));
        const found = await repository.blame(commit, path, ranges, ignored);
        return found.filter((row) => lines.has(row.line)).map((row) => ({ ...row, path }));
      }),
    )
  ).flat();
  const readPatches = createPatchReader(repository);
  const rows = await followBlame(repository, readPatches, named, ignored);
  // Before a move the file had another name; without it the history would end at the move.
  const history = new Set(
    [...known, ...[...named, ...rows].map((row) => row.originalPath)].filter((path) => path !== ""),
  );
  let { patches, touching } = await readHistory(repository, commit, history);
  for (let moves = 0; moves < movesMax; moves++) {
    const former = (await findFormerPaths(readPatches, places, touching)).filter((path) => !history.has(path));
    if (former.length === 0) break;
    for (const path of former) history.add(path);
    ({ patches, touching } = await readHistory(repository, commit, history));
  }
  const skipped = new Set(ignored);
  const boundary = await repository.boundaryCommits();
  const commits = new Map(patches.map((entry) => [entry.commit.sha, entry.commit]));
  const missing = rows.map((row) => row.sha).filter((sha) => !commits.has(sha));
  for (const info of await repository.describeCommits([...new Set(missing)])) commits.set(info.sha, info);
  const isCut = [...rows, ...touching].some(({ sha }) => boundary.has(sha));
  for (const sha of boundary) commits.delete(sha);
  const blamed = rows
    .filter(({ sha }) => !boundary.has(sha))
    .map((row) => ({ ...row, committedAt: commits.get(row.sha)?.committedAt ?? "" }));
  const told = touching.filter(({ sha }) => !skipped.has(sha) && !boundary.has(sha));
  return { ranAt, places, blamed, touching: told, commits, isCut };
}

/** The last commits of some files with their changes to them. */
async function readHistory(
  repository: GitRepository,
  to: string,
  paths: ReadonlySet<string>,
): Promise<{ patches: readonly CommitPatch[]; touching: readonly TouchingCommit[] }> {
  const patches = await repository.listPatches({ to, paths: [...paths], commitsMax: historyMax, timeoutMs: 8_000 });
  const touching = patches.map(({ commit, patch }) => ({
    sha: commit.sha,
    committedAt: commit.committedAt,
    files: parseDiff(patch),
  }));
  return { patches, touching };
}
