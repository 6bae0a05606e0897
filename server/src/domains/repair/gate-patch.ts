import type { PatchKind } from "../../analysis/fixers/proposal.ts";
import { protectedPath } from "../../analysis/patch/protected-path.ts";
import { reanchorPatch } from "../../analysis/patch/reanchor-patch.ts";
import { type PatchLimits, refuseChanges } from "../../analysis/patch/refuse-changes.ts";
import { newSecrets } from "../../analysis/quality/read-source.ts";
import { isWellFormed } from "./is-well-formed.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { AppliedPatch, RepairRepository } from "./repository-port.ts";

/** What a patch is held against: the tree that it is for, and what its project allows. */
export interface GateContext {
  readonly deps: Pick<RepairDeps, "parseModule">;
  readonly repository: RepairRepository;
  readonly base: string;
  /** Every path at `base`. */
  readonly files: readonly string[];
  /** Files of the failing stack, for a patch that names none. */
  readonly likelyPaths: readonly string[];
  readonly limits: PatchLimits;
}

export interface GatedPatch {
  /** As git writes it: what was given, or what it was mended to. */
  readonly diff: string;
  readonly paths: readonly string[];
  /** The changed files' new texts, null for one that goes; none for a revert, whose files were like that before. */
  readonly texts: ReadonlyMap<string, string | null>;
  /** What had to be overlooked for it to apply; empty where git took it as it was. */
  readonly notes: readonly string[];
}

const patchCharactersMax = 4_000_000;
const lfsPointer = /^version https:\/\/git-lfs\.github\.com\/spec\//;

/**
 * The one gate of every patch, whoever drafted it: git applies it at the base commit, or does so after its hunks were found again;
 * what git then says it changes is small and touches nothing protected; every changed file still parses. Nothing of the project
 * is run. What is judged is git's own list of changes, so a patch that reads in two ways gains nothing by it.
 */
export async function gatePatch(
  gate: GateContext,
  patch: { readonly kind: PatchKind; readonly diff: string },
): Promise<GatedPatch | { readonly reason: string }> {
  if (patch.diff.trim() === "") return { reason: "It changes nothing." };
  if (patch.diff.length > patchCharactersMax) return { reason: `It is longer than ${patchCharactersMax} characters.` };
  const first = await gate.repository.applyPatch(gate.base, patch.diff);
  if (!("reason" in first)) return judge(gate, patch.kind, first, []);
  const refused = (why: string) => ({ reason: `git does not apply it (${first.reason}), and ${why}.` });
  const mended = await reanchor(gate, patch);
  if ("reason" in mended) return refused(mended.reason);
  const again = await gate.repository.applyPatch(gate.base, mended.diff);
  return "reason" in again ? refused(again.reason) : judge(gate, patch.kind, again, mended.notes);
}

async function judge(
  gate: GateContext,
  kind: PatchKind,
  applied: AppliedPatch,
  notes: readonly string[],
): Promise<GatedPatch | { readonly reason: string }> {
  const refusal = refuseChanges(kind, applied.changes, gate.limits);
  if (refusal !== null) return { reason: refusal };
  const texts = new Map<string, string | null>();
  for (const { path, newMode } of kind === "revert" ? [] : applied.changes) {
    const after = newMode === "000000" ? null : await applied.readFile(path);
    const problem =
      after === null ? null : problemOf(gate, path, await gate.repository.readFile(gate.base, path), after);
    if (problem !== null) return { reason: problem };
    if (after === null && newMode !== "000000") return { reason: `It changes ${path}, which is no text in UTF-8.` };
    texts.set(path, after);
  }
  return { diff: applied.diff, paths: applied.changes.map(({ path }) => path), texts, notes };
}

/** What is wrong with one changed file by its text alone; null where nothing is. */
function problemOf(gate: GateContext, path: string, before: string | null, after: string): string | null {
  if (lfsPointer.test(before ?? "") || lfsPointer.test(after)) return `It changes ${path}, which is kept by Git LFS.`;
  const [secret] = newSecrets(before ?? "", after);
  if (secret !== undefined) return `${secret.replace(/\.$/, "")} to ${path}.`;
  // What did not parse before, because its dialect is not known here, may be changed all the same.
  const parses = (text: string): boolean => isWellFormed(gate.deps, path, text);
  return !parses(after) && (before === null || parses(before)) ? `With it, ${path} does not parse.` : null;
}

async function reanchor(
  gate: GateContext,
  { kind, diff }: { readonly kind: PatchKind; readonly diff: string },
): Promise<{ readonly diff: string; readonly notes: readonly string[] } | { readonly reason: string }> {
  // Reads are asked for before, because what finds the places is pure: first what the patch names, then what it needs.
  const texts = new Map<string, string | null>();
  for (;;) {
    const missing = new Set<string>();
    const read = (path: string): string | null => {
      if (!texts.has(path)) missing.add(path);
      return texts.get(path) ?? null;
    };
    const found = reanchorPatch(diff, { paths: gate.files, read, likelyPaths: gate.likelyPaths });
    if (missing.size === 0) {
      if ("reason" in found) return found;
      // git stops at such a path with no words for people.
      const [refusal] = found.files.flatMap(({ path }) => protectedPath(path, kind) ?? []);
      if (refusal !== undefined) return { reason: refusal.replace(/^It/, "it").replace(/\.$/, "") };
      return { diff: await gate.repository.diffOfEdits(gate.base, found.files), notes: found.notes };
    }
    for (const path of missing) texts.set(path, await gate.repository.readFile(gate.base, path));
  }
}
