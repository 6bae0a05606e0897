import { type ChangeType, changeTypeWeight } from "./change-type.ts";

/** A commit that came with a deployment, with the lines that it changed by what the files are. */
export interface BroughtCommit {
  readonly sha: string;
  readonly summary: string;
  readonly changed: readonly { readonly type: ChangeType; readonly lines: number }[];
  /** It is where the history begins, or is cut off: its lines are all of the code, and say nothing of what changed. */
  readonly isRoot: boolean;
}

const readMax = 5;

/**
 * The few commits to read first for a kind of trouble: by the kind of file that most often explains it, then by how many lines of that kind were changed, then the
 * newest; the beginning of the history last. Commits of tests and docs alone are left out.
 * @param commits newest first
 * @param trigger as in `changeTypeWeight`
 * @source document 4: incident time is only a query
 */
export function commitsToRead(commits: readonly BroughtCommit[], trigger: string): readonly BroughtCommit[] {
  return commits
    .map((commit) => {
      const weight = Math.max(0, ...commit.changed.map(({ type }) => changeTypeWeight(type, trigger)));
      const lines = commit.changed
        .filter(({ type }) => changeTypeWeight(type, trigger) === weight)
        .reduce((sum, one) => sum + one.lines, 0);
      return { commit, weight, lines };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => Number(a.commit.isRoot) - Number(b.commit.isRoot) || b.weight - a.weight || b.lines - a.lines)
    .slice(0, readMax)
    .map(({ commit }) => commit);
}
