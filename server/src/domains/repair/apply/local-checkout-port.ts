/** What git said of applying a patch. */
export type Applied =
  | { readonly kind: "applied" }
  /** The file's lines hold the marks of a conflict, as after a merge. */
  | { readonly kind: "conflicts"; readonly files: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string };

/** A checkout of a person's: a repository with the files that they work on. */
export interface LocalCheckout {
  /** Its top folder. */
  readonly folder: string;
  /** The commit that is checked out; null in a repository without any. */
  head(): Promise<string | null>;
  hasCommit(sha: string): Promise<boolean>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Those of the paths that differ from the commit that is checked out, or that git does not know while they exist. */
  dirty(paths: readonly string[]): Promise<readonly string[]>;
  /** Paths that differ between a commit and the one that is checked out. */
  changedSince(commit: string, paths: readonly string[]): Promise<readonly string[]>;
  /**
   * The same patch with the ids of the files as they are at a commit, by which git merges it into files that moved on; as it is where it does not apply
   * there.
   */
  anchor(patch: string, commit: string): Promise<string>;
  /** Whether the patch would apply, without changing anything; null where it would. */
  whyNot(patch: string): Promise<string | null>;
  /** `git apply --3way`. */
  apply(patch: string): Promise<Applied>;
}
export type OpenLocalCheckout = (folder: string) => Promise<LocalCheckout>;
