import type { World } from "./world.ts";

/**
 * Whether a commit is known to have come with the deployment that ran when the failure began: it is not in what ran before. Where that is unknown
 * the newest commits stand in for the range, down to the root of the repository, which wrote every line that nobody changed since.
 */
export function cameWithDeployment({ range, before }: World, sha: string): boolean {
  return (
    before !== null &&
    range !== null &&
    range.previousCommit !== null &&
    !range.isRollback &&
    range.commits.some((commit) => commit.sha === sha)
  );
}
