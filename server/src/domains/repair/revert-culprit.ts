import { undoChange } from "../../analysis/fixers/undo-change.ts";
import type { RepairContext, Revert } from "./repair-context.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";

const filesMax = 80;
const readable = /\.(?:[cm]?[jt]sx?|json)$/;

/**
 * The diff that undoes the blamed commit on the base: as `git revert` does it, else by what the commit wrote, found
 * wherever later commits moved it or laid it out anew.
 */
export async function revertCulprit(
  deps: RepairDeps,
  repository: RepairRepository,
  base: string,
  culprit: NonNullable<RepairContext["culprit"]>,
): Promise<Revert> {
  const plain = await repository.revert(base, culprit.sha);
  if ("diff" in plain) return { ...plain, isPorted: false };
  const ported = await portRevert(deps, repository, base, culprit);
  return ported === null ? plain : { diff: ported, isPorted: true };
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

function isWellFormed(deps: RepairDeps, path: string, text: string): boolean {
  if (!path.endsWith(".json")) return deps.parseModule(path, text) !== null;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
