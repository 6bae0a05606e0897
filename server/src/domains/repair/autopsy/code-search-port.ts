export interface CodeHit {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Lines of text files that hold a word at a commit, at most 200; none where no mirror of these repositories has the commit. */
export type SearchCode = (
  repositoryIds: readonly string[],
  commit: string,
  word: string,
) => Promise<readonly CodeHit[]>;
