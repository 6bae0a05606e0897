import type { PatchChange } from "../../analysis/patch/refuse-changes.ts";

export interface TreeEntry {
  readonly path: string;
  /** Git's mode: `100644`, `100755`, `120000` (symbolic link), `160000` (submodule). */
  readonly mode: string;
}

export interface FileEdit {
  readonly path: string;
  /** Null removes the file. */
  readonly text: string | null;
}

/** A patch that git applied to an index. */
export interface AppliedPatch {
  /** The same change as git writes it. */
  readonly diff: string;
  readonly changes: readonly PatchChange[];
  /** A file with the patch applied; null as for `readFile` of the repository. */
  readonly readFile: (path: string) => Promise<string | null>;
}

/** What repair asks of a repository. Reads come from the object store, never from a work tree that code has run in. */
export interface RepairRepository {
  hasCommit(commit: string): Promise<boolean>;
  /** First parent first; empty for a root commit. */
  parentsOf(commit: string): Promise<readonly string[]>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  subjectOf(commit: string): Promise<string>;
  listFiles(commit: string): Promise<readonly TreeEntry[]>;
  /** Null where the path is absent, a link, no text in UTF-8, or larger than 1 MB. */
  readFile(commit: string, path: string): Promise<string | null>;
  /** Paths that differ between two commits. */
  changedPaths(from: string, to: string): Promise<readonly string[]>;
  /** What the commit changed against its first parent, as a unified diff. */
  diffOf(commit: string): Promise<string>;
  /** The diff that undoes `culprit` on top of `base`, following renames; or why that does not work cleanly. */
  revert(base: string, culprit: string): Promise<{ readonly diff: string } | { readonly reason: string }>;
  /** The diff that gives the files these texts. */
  diffOfEdits(base: string, edits: readonly FileEdit[]): Promise<string>;
  /** What `git apply` makes of the diff on `base`, in an index alone; or what it says against it. */
  applyPatch(base: string, diff: string): Promise<AppliedPatch | { readonly reason: string }>;
  /**
   * The tree of `base` with the diffs applied, then the edits, in a folder; or why not. Folders and files are shared with who asks
   * for the same: nobody may write there.
   */
  materialise(
    base: string,
    diffs: readonly string[],
    edits?: readonly FileEdit[],
  ): Promise<{ readonly folder: string } | { readonly reason: string }>;
  /** Removes everything that was written. */
  close(): Promise<void>;
}

/** Opens the mirror of a registered repository; null where there is none (yet). */
export type OpenRepairRepository = (repositoryId: string) => Promise<RepairRepository | null>;
