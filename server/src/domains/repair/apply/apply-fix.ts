import type { IncidentDetail } from "@culprit/contract";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { LocalCheckout } from "./local-checkout-port.ts";
import { pathsOfPatch } from "./paths-of-patch.ts";

/** What stands between a checkout and a patch; each has its remedy in its words. */
export interface FixCheck {
  readonly patch: string;
  /** The regression test, where one was written. */
  readonly test: string | null;
  readonly baseCommit: string;
  readonly files: readonly string[];
  readonly testFiles: readonly string[];
  /** How the checkout stands to the commit that failed. */
  readonly standing: "same" | "ahead" | "elsewhere";
  /** Files of the patch that changed since that commit. */
  readonly changed: readonly string[];
}

/**
 * Looks whether a checkout is the right repository for the patch of an incident, and how it stands to the commit that failed.
 * @throws CulpritError NOT_FOUND where the incident has no patch, CONFLICT where the checkout is of another repository.
 */
export async function checkFix(checkout: LocalCheckout, incident: IncidentDetail): Promise<FixCheck> {
  const { autopsy } = incident;
  const { patch_diff: patch, base_commit: baseCommit } = autopsy ?? { patch_diff: null, base_commit: null };
  if (autopsy === null || patch === null || baseCommit === null)
    throw new CulpritError(
      "NOT_FOUND",
      `${incident.id} has no patch. ${autopsy === null ? "None was tried: culprit autopsy shows what is known." : autopsy.proof_reason}`,
    );
  if (!(await checkout.hasCommit(baseCommit)))
    throw new CulpritError(
      "CONFLICT",
      `${checkout.folder} has no commit ${baseCommit.slice(0, 12)}, the one that failed. It is a checkout of another repository, or an old one: go into the right one, or run git fetch --all in it (git fetch --unshallow where it is shallow).`,
      { details: { provided: checkout.folder } },
    );
  const head = await checkout.head();
  const files = pathsOfPatch(patch);
  const test = autopsy.test_diff;
  return {
    ...{ patch: await checkout.anchor(withoutMark(patch), baseCommit), test, baseCommit, files },
    testFiles: test === null ? [] : pathsOfPatch(test),
    standing:
      head === baseCommit
        ? "same"
        : head !== null && (await checkout.isAncestor(baseCommit, head))
          ? "ahead"
          : "elsewhere",
    changed: await checkout.changedSince(baseCommit, files),
  };
}

/** What applying did. */
export interface FixApplied {
  readonly files: readonly string[];
  /** Null where there is none, or it was there already. */
  readonly test: readonly string[] | null;
  readonly conflicts: readonly string[];
}

/**
 * Applies the patch and writes the regression test. Nothing is changed where one of their files holds work that is in no commit.
 * @throws CulpritError CONFLICT with the remedy where files are dirty or git refuses the patch.
 */
export async function applyFix(checkout: LocalCheckout, fix: FixCheck): Promise<FixApplied> {
  const testDirty = await checkout.dirty(fix.testFiles);
  const dirty = [...(await checkout.dirty(fix.files)), ...testDirty];
  if (dirty.length > 0)
    throw new CulpritError(
      "CONFLICT",
      `These files hold changes that are in no commit, so nothing was touched: ${dirty.join(", ")}. Commit them or put them aside (git stash push --include-untracked -- ${dirty.map((path) => JSON.stringify(path)).join(" ")}), then run the command again.`,
      { details: { provided: dirty.join(", ") } },
    );
  const done = await checkout.apply(fix.patch);
  if (done.kind === "refused")
    throw new CulpritError(
      "CONFLICT",
      `git does not apply the patch, so nothing was touched: ${done.reason}. It was made on ${fix.baseCommit.slice(0, 12)}: git switch --detach ${fix.baseCommit.slice(0, 12)}, and run the command again there.`,
    );
  const conflicts = done.kind === "conflicts" ? done.files : [];
  const hasTest = fix.test !== null && (await checkout.whyNot(fix.test)) === null;
  if (fix.test !== null && hasTest) await checkout.apply(fix.test);
  return { files: fix.files, test: hasTest ? fix.testFiles : null, conflicts };
}

/** A patch that failed its gate says so in its first line, which is none of the patch. */
function withoutMark(patch: string): string {
  return patch.replace(/^# patch_failed:[^\n]*\n/, "");
}
