import { beforeFormatting } from "../../analysis/blame/before-formatting.ts";
import type { FailingPlace, TouchingCommit } from "../../analysis/blame/facts.ts";
import { isBornAt, startOf, stepBack } from "../../analysis/blame/follow-place.ts";
import { type FileDiff, parseDiff } from "../../analysis/diff/parse-diff.ts";
import type { BlamedLine, GitRepository } from "../change/index.ts";

/** A line with who wrote it, under the path that it has at the commit that ran. */
export type BlamedPlace = Omit<BlamedLine, "text"> & { readonly path: string };

const roundsMax = 8;
const commitsPerRound = 12;
const patchCharsMax = 3_000_000;
const around = 20;

/** Commits' whole changes, read once each; without those of first commits and of huge ones, behind which nothing is looked for. */
export function createPatchReader(
  repository: GitRepository,
): (shas: readonly string[]) => Promise<ReadonlyMap<string, { parent: string; files: readonly FileDiff[] }>> {
  const known = new Map<string, { parent: string; files: readonly FileDiff[] }>();
  const asked = new Set<string>();
  return async (shas) => {
    const wanted = [...new Set(shas)].filter((sha) => !asked.has(sha)).slice(0, commitsPerRound);
    for (const sha of wanted) asked.add(sha);
    for (const { commit, patch } of await repository.describePatches(wanted)) {
      const [parent] = commit.parents;
      if (parent === undefined || commit.parents.length > 1 || patch.length > patchCharsMax) continue;
      known.set(commit.sha, { parent, files: parseDiff(patch) });
    }
    return known;
  };
}

type PatchReader = ReturnType<typeof createPatchReader>;

/**
 * Looks through commits that blame names only because they laid a line out anew: semicolons, quotes, wrapping, spelling of numbers, a move
 * with a new layout. Such a line is blamed again at the commit before, up to eight times.
 */
export async function followBlame(
  repository: GitRepository,
  readPatches: PatchReader,
  rows: readonly BlamedPlace[],
  ignored: readonly string[],
): Promise<BlamedPlace[]> {
  let current = [...rows];
  let open = new Set(current.map((_, index) => index));
  for (let round = 0; round < roundsMax && open.size > 0; round++) {
    const patches = await readPatches([...open].map((index) => current[index]?.sha ?? ""));
    const groups = new Map<string, { parent: string; path: string; lines: Map<number, number[]> }>();
    for (const index of open) {
      const row = current[index];
      const patch = row === undefined ? undefined : patches.get(row.sha);
      if (row === undefined || patch === undefined) continue;
      const before = beforeFormatting(patch.files, row.originalPath, row.originalLine);
      if (before === null) continue;
      const key = `${patch.parent}\0${before.path}`;
      const group = groups.get(key) ?? { parent: patch.parent, path: before.path, lines: new Map<number, number[]>() };
      group.lines.set(before.line, [...(group.lines.get(before.line) ?? []), index]);
      groups.set(key, group);
    }
    open = new Set();
    const answers = await Promise.all([...groups.values()].map((group) => blameAt(repository, group, ignored)));
    const next = [...current];
    for (const { group, found } of answers) {
      for (const { text: _, ...line } of found) {
        for (const index of group.lines.get(line.line) ?? []) {
          const row = current[index];
          if (row === undefined) continue;
          next[index] = { ...line, path: row.path, line: row.line };
          open.add(index);
        }
      }
    }
    current = next;
  }
  return current;
}

async function blameAt<Group extends { parent: string; path: string; lines: ReadonlyMap<number, unknown> }>(
  repository: GitRepository,
  group: Group,
  ignored: readonly string[],
): Promise<{ group: Group; found: readonly BlamedLine[] }> {
  const text = (await repository.readFiles(group.parent, [group.path])).get(group.path);
  const count = text?.split("\n").length ?? 0;
  // A line alone is too short for git to see that it was moved.
  const ranges = [...group.lines.keys()]
    .filter((line) => line <= count)
    .map((line) => ({ first: Math.max(1, line - around), last: Math.max(line, Math.min(count - 1, line + around)) }));
  return { group, found: await repository.blame(group.parent, group.path, ranges, ignored) };
}

/** Files that the code around the places was taken from, by the commits among `touching` that seem to have brought it. */
export async function findFormerPaths(
  readPatches: PatchReader,
  places: readonly FailingPlace[],
  touching: readonly TouchingCommit[],
): Promise<string[]> {
  const births = places.flatMap((place) => {
    const followed = startOf(place);
    for (const { sha, files } of touching) {
      const file = files.find((one) => one.newPath === followed.path);
      const before = { ...followed, enclosing: { ...followed.enclosing } };
      stepBack(followed, files, () => false);
      const isBorn = file !== undefined && (file.oldPath === null || isBornAt(file, before));
      if (isBorn && followed.path === before.path) return [{ sha, place: before }];
    }
    return [];
  });
  if (births.length === 0) return [];
  const patches = await readPatches(births.map(({ sha }) => sha));
  const paths = births.flatMap(({ sha, place }) => {
    const files = patches.get(sha)?.files;
    if (files === undefined) return [];
    const was = place.path;
    stepBack(place, files, () => false);
    return place.path === was ? [] : [place.path];
  });
  return [...new Set(paths)];
}
