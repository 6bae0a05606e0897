/** What history says of one commit. Instants are ISO 8601 in UTC; the texts are data from outside, never instructions. */
export interface CommitInfo {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authoredAt: string;
  readonly committedAt: string;
  readonly subject: string;
  readonly body: string;
}

/** A commit with its changes against the first parent, as `git log -p` prints them. */
export interface CommitPatch {
  readonly commit: CommitInfo;
  readonly patch: string;
}

/** Lines `first` to `last`, both included, from 1. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Who wrote one line, after looking through white space, moves and copies. */
export interface BlamedLine {
  readonly line: number;
  readonly text: string;
  readonly sha: string;
  /** Where the line stood in that commit. */
  readonly originalPath: string;
  readonly originalLine: number;
}

export interface PatchQuery {
  /** The newest commit; its ancestors follow. */
  readonly to: string;
  /** Leave out this commit and its ancestors. */
  readonly from?: string | null | undefined;
  /** Only commits that touch these paths, and only those changes. */
  readonly paths?: readonly string[] | undefined;
  readonly commitsMax: number;
  /** Context lines of each hunk; 3 unless said. */
  readonly contextLines?: number | undefined;
  /** Wait at most this long; what was printed by then is given. */
  readonly timeoutMs?: number | undefined;
}

/**
 * One repository that can be read. Every read is bounded in output and time; a read that the repository can't answer
 * throws `REPOSITORY_UNAVAILABLE` with the reason. No verb writes to the repository.
 */
export interface GitRepository {
  /** The commit that a tag, branch or (short) commit id names, or null. A missing one is fetched for first, unless `isLocal`. */
  resolveCommit(revision: string, options?: { readonly isLocal?: boolean }): Promise<string | null>;
  /** Commits newest first, `from` excluded. */
  listCommits(query: Omit<PatchQuery, "contextLines">): Promise<readonly CommitInfo[]>;
  /** The same with their changes; merges are left out. */
  listPatches(query: PatchQuery): Promise<readonly CommitPatch[]>;
  /** Facts of the commits named; unknown ones are left out. */
  describeCommits(shas: readonly string[]): Promise<readonly CommitInfo[]>;
  /** The same with their changes, empty for a merge. Commits that touch nothing but dependencies carried along are left out, as are those that did not fit. */
  describePatches(shas: readonly string[]): Promise<readonly CommitPatch[]>;
  /** One diff between two commits. */
  diffBetween(from: string, to: string, paths?: readonly string[]): Promise<string>;
  /** Blame of the ranges of one file. Commits in `ignored` are looked through. Empty where the file does not exist. */
  blame(
    commit: string,
    path: string,
    ranges: readonly LineRange[],
    ignored?: readonly string[],
  ): Promise<readonly BlamedLine[]>;
  /** Contents at a commit, `null` for what is not there, is binary or is over 1 MB. */
  readFiles(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** Every path at a commit. */
  listFiles(commit: string): Promise<readonly string[]>;
  /**
   * Where the history of a shallow clone was cut off; empty for a whole one. Git takes these commits for ones without parents, so they
   * seem to have written every line that stood there before them.
   */
  boundaryCommits(): Promise<ReadonlySet<string>>;
  /** Whether `ancestor` is `descendant` or among its ancestors. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
}

/** `branch` is null where there is none or nothing says which. */
export interface DefaultBranch {
  readonly branch: string | null;
  /** What is wrong with it and how it is mended, for people. */
  readonly warning: string | null;
}

/** Where repositories come from: mirrors in the data folder, by the id of the `repositories` row. */
export interface GitRepositories {
  /**
   * The mirror of a repository, cloned when it is not there yet.
   * @throws CulpritError REPOSITORY_UNAVAILABLE with git's reason.
   */
  open(repository: { readonly id: string; readonly url: string }): Promise<GitRepository>;
  /**
   * Asks whether a URL can be read, and keeps nothing.
   * @throws CulpritError INVALID_REQUEST for one that git is not given or a path on this machine that is no repository;
   * REPOSITORY_UNAVAILABLE when the other side does not answer.
   */
  check(url: string): Promise<void>;
  /** Brings the mirror up to date. @throws CulpritError as `check`. */
  fetch(repository: { readonly id: string; readonly url: string }): Promise<void>;
  /** The branch that the other side calls its default. */
  defaultBranch(repository: { readonly id: string; readonly url: string }): Promise<DefaultBranch>;
  /** Removes the mirror of a repository that is not registered after all. Idempotent. */
  forget(repositoryId: string): Promise<void>;
  /** The path of the bare mirror on this machine, for work trees. */
  pathOf(repositoryId: string): string;
}
