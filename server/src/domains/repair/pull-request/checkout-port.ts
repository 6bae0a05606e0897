import type { GitRemote } from "../../integration/index.ts";
import type { RepairRepository } from "../repository-port.ts";

/** Facts of a commit of the base branch; texts are data from outside. */
export interface BranchCommit {
  readonly sha: string;
  readonly subject: string;
  readonly body: string;
}

/** What became of carrying a patch to the base branch. */
export type CarriedOver =
  | { readonly kind: "changed"; readonly tree: string }
  /** The branch holds it already. */
  | { readonly kind: "same" }
  | { readonly kind: "conflict"; readonly reason: string };

export type Pushed = { readonly kind: "pushed" } | { readonly kind: "refused"; readonly reason: string };

/**
 * A repository in a scratch folder, beside its mirror, from which one branch is pushed. Nothing of the repository runs here: no
 * hook, filter, merge driver or signing program.
 */
export interface Checkout {
  /** Gets a branch of the remote. @returns its tip, or null where it has none. @throws CulpritError REPOSITORY_UNAVAILABLE. */
  fetchBranch(branch: string): Promise<string | null>;
  /** Whether the commit is here or can be got from the remote. */
  bringCommit(sha: string): Promise<boolean>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  /** Newest first, without merges, at most 200; `paths` narrows them. */
  commitsBetween(from: string, to: string, paths?: readonly string[]): Promise<readonly BranchCommit[]>;
  /** `commit` may be a tree. Null where there is no such file. */
  readFile(commit: string, path: string): Promise<string | null>;
  /** What it changed against its first parent. */
  diffOf(commit: string): Promise<string>;
  subjectOf(commit: string): Promise<string>;
  /** The patch that turns one commit or tree into another. */
  diffBetween(from: string, to: string): Promise<string>;
  /** The same commits, to run things in; closed by itself, and before this. */
  openRepository(): Promise<RepairRepository>;
  /** The diffs, made for `base`, merged onto `onto` as `git cherry-pick` does it. */
  carryOver(base: string, diffs: readonly string[], onto: string): Promise<CarriedOver>;
  /** Makes a commit; the same parts give the same id. */
  commit(parts: {
    readonly tree: string;
    readonly parent: string;
    readonly message: string;
    readonly author: { readonly name: string; readonly email: string };
    readonly at: Date;
  }): Promise<string>;
  /** The message of the commit at the tip of a branch of the remote, with its id; null where there is no such branch. */
  tipOfRemote(branch: string): Promise<{ readonly sha: string; readonly message: string } | null>;
  /** Pushes without force. @throws CulpritError REPOSITORY_UNAVAILABLE where the remote did not answer. */
  push(commit: string, branch: string): Promise<Pushed>;
  /** Removes everything that was written. */
  close(): Promise<void>;
}

/** Opens a checkout of a registered repository against a remote; null where there is no mirror of it. */
export type OpenCheckout = (repositoryId: string, remote: GitRemote) => Promise<Checkout | null>;
