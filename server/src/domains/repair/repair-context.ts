import type { RepairCase } from "./load-repair-case.ts";
import type { RepositoryFrame } from "./match-frames.ts";
import type { TellStep } from "./proof-steps.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";
import type { TreeRuns } from "./tree-runs.ts";

/** A repair under way: the case, its repository at the deployed commit, and the means to run it. */
export interface RepairContext {
  readonly deps: RepairDeps;
  readonly repairCase: RepairCase;
  readonly repository: RepairRepository;
  readonly base: string;
  readonly files: readonly string[];
  readonly frames: readonly RepositoryFrame[];
  /** Where the package that failed lies, `""` for the root; its commands run there. */
  readonly packageFolder: string;
  /** That package's `package.json`. */
  readonly manifest: string | null;
  /** The blamed commit with its diff, where it is part of the base. */
  readonly culprit: { readonly sha: string; readonly parent: string | null; readonly diff: string } | null;
  /** The diff that undoes the blamed commit on the base, or why there is none. */
  readonly revert: Revert;
  /** Null where nothing isolates and the project does not allow to go without. */
  readonly runs: TreeRuns | null;
  /** Why nothing isolates, with what helps; null where something does. */
  readonly noIsolation: string | null;
  readonly tell: TellStep;
}

/** `isPorted`: not by `git revert` but by finding what the commit wrote wherever it is now. */
export type Revert = { readonly diff: string; readonly isPorted: boolean } | { readonly reason: string };
