import type { CommitInfo, GitRepository } from "./ports.ts";

/** What a deployment brought: the commits between the revision before and this one. */
export interface DeployedRange {
  readonly previousCommit: string | null;
  readonly currentCommit: string;
  /** The new revision is an ancestor of the one before: `commits` are those that were taken out. */
  readonly isRollback: boolean;
  /** Newest first, at most `rangeMax`. */
  readonly commits: readonly CommitInfo[];
  /** More commits than listed, or the revision before is unknown and the last twenty stand in. */
  readonly isApproximate: boolean;
}

const rangeMax = 500;
const standInMax = 20;

/** The range of a deployment from git. May fetch missing commits: not inside a transaction. */
export async function deployedRange(
  git: GitRepository,
  previous: string | null,
  current: string,
): Promise<DeployedRange | null> {
  if ((await git.resolveCommit(current)) === null) return null;
  const known = previous === null || previous === current ? null : await git.resolveCommit(previous);
  if (previous === current)
    return { previousCommit: previous, currentCommit: current, isRollback: false, commits: [], isApproximate: false };
  if (known === null) {
    const commits = await git.listCommits({ to: current, commitsMax: standInMax });
    return { previousCommit: null, currentCommit: current, isRollback: false, commits, isApproximate: true };
  }
  const isRollback = await git.isAncestor(current, known);
  const commits = await git.listCommits(
    isRollback
      ? { from: current, to: known, commitsMax: rangeMax }
      : { from: known, to: current, commitsMax: rangeMax },
  );
  return {
    previousCommit: known,
    currentCommit: current,
    isRollback,
    commits,
    isApproximate: commits.length === rangeMax,
  };
}
