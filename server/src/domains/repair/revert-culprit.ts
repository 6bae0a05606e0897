import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import { mergeTokens } from "../../analysis/fixers/merge-tokens.ts";
import { undoChange } from "../../analysis/fixers/undo-change.ts";
import { isWellFormed } from "./is-well-formed.ts";
import type { RepairContext, Revert } from "./repair-context.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { FileEdit, RepairRepository } from "./repository-port.ts";
import { testFile } from "./undo-in-parts.ts";

const filesMax = 80;
const readable = /\.(?:[cm]?[jt]sx?|json)$/;
/**
 * The diff that undoes the blamed commit on the base: as `git revert` does it, else merged word by word where later commits
 * changed the same lines, else by what the commit wrote, found wherever later commits moved it or laid it out anew.
 */
export async function revertCulprit(
  deps: RepairDeps,
  repository: RepairRepository,
  base: string,
  culprit: NonNullable<RepairContext["culprit"]>,
): Promise<Revert> {
  const plain = await repository.revert(base, culprit.sha);
  if ("diff" in plain) return { ...plain, isPorted: false };
  const ported =
    (await mergeRevert(deps, repository, base, culprit)) ?? (await portRevert(deps, repository, base, culprit));
  return ported === null ? plain : { diff: ported, isPorted: true };
}

/**
 * Merges what the commit undid with what came later, by words. Files that it added go. Null where others built on one of them,
 * because they would lose their work; what others changed in its tests goes with these.
 */
async function mergeRevert(
  deps: RepairDeps,
  repository: RepairRepository,
  base: string,
  culprit: NonNullable<RepairContext["culprit"]>,
): Promise<string | null> {
  const { parent, sha } = culprit;
  if (parent === null) return null;
  const edits: FileEdit[] = [];
  for (const { oldPath, newPath, isBinary } of parseDiff(culprit.diff)) {
    const path = newPath ?? oldPath ?? "";
    if (isBinary || (oldPath !== null && newPath !== null && oldPath !== newPath)) return null;
    const [before, after, now] = await Promise.all(
      [parent, sha, base].map((commit) => repository.readFile(commit, path)),
    );
    const isTest = testFile.test(path);
    if (oldPath === null) {
      if (after !== now && !isTest) return null;
      if (now != null) edits.push({ path, text: null });
      continue;
    }
    if (before == null) return null;
    if (newPath === null) {
      if (now == null) edits.push({ path, text: before });
      continue;
    }
    const text = after == null || now == null ? null : mergeTokens(after, now, before, { deletionWins: isTest });
    if (text === null && isTest) continue;
    if (text === null || (readable.test(path) && !isWellFormed(deps, path, text))) return null;
    if (text !== now) edits.push({ path, text });
  }
  const diff = edits.length === 0 ? "" : await repository.diffOfEdits(base, edits);
  return diff === "" ? null : diff;
}

async function portRevert(
  deps: RepairDeps,
  repository: RepairRepository,
  base: string,
  culprit: NonNullable<RepairContext["culprit"]>,
): Promise<string | null> {
  if (culprit.parent === null) return null;
  const [own, later] = await Promise.all([
    repository.changedPaths(culprit.parent, culprit.sha),
    repository.changedPaths(culprit.sha, base),
  ]);
  const sources = new Map<string, string>();
  for (const path of [...new Set([...own, ...later])].filter((name) => readable.test(name)).slice(0, filesMax)) {
    const source = await repository.readFile(base, path);
    if (source !== null) sources.set(path, source);
  }
  const texts = undoChange(culprit.diff, sources);
  if (texts === null) return null;
  const edits = [...texts].map(([path, text]) => ({ path, text }));
  if (!edits.every(({ path, text }) => isWellFormed(deps, path, text))) return null;
  const diff = await repository.diffOfEdits(base, edits);
  return diff === "" ? null : diff;
}
