import type { DefaultBranch } from "../../domains/change/ports.ts";

/** What `git ls-remote --symref -- ADDRESS HEAD refs/heads/*` says of a repository. */
export interface RemoteHead {
  /** The branch that HEAD names; null where HEAD names none or the other side does not say. */
  readonly names: string | null;
  /** Whether HEAD leads to a commit. */
  readonly isThere: boolean;
  readonly branches: readonly string[];
}

/** Reads the output of `git ls-remote`. */
export function readRemoteHead(output: string): RemoteHead {
  return {
    names: /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(output)?.[1] ?? null,
    isThere: /^[0-9a-f]{40,64}\tHEAD$/m.test(output),
    branches: [...output.matchAll(/^[0-9a-f]{40,64}\trefs\/heads\/(\S+)$/gm)].flatMap(([, name]) => name ?? []),
  };
}

/**
 * The branch to read. Where HEAD leads nowhere the only branch is taken, or of `main` and `master` the one that is there, with a
 * warning that says how it is mended.
 */
export function chooseDefaultBranch({ names, isThere, branches }: RemoteHead): DefaultBranch {
  if (isThere) return { branch: names, warning: null };
  if (branches.length === 0)
    return { branch: null, warning: "The repository has no branch yet, so nothing is read of it. Push one." };
  const usual = ["main", "master"].filter((name) => branches.includes(name));
  const taken = branches.length === 1 ? branches[0] : usual.length === 1 ? usual[0] : undefined;
  const head = `The repository's HEAD names ${names === null ? "a branch" : JSON.stringify(names)} that is not there`;
  const remedy = `git symbolic-ref HEAD refs/heads/${taken ?? "BRANCH"}`;
  if (taken !== undefined)
    return { branch: taken, warning: `${head}, so ${JSON.stringify(taken)} is read. In the repository run: ${remedy}` };
  const listed = branches.slice(0, 5).join(", ") + (branches.length > 5 ? ` and ${branches.length - 5} more` : "");
  return {
    branch: null,
    warning: `${head}, and there are several branches (${listed}), so no default branch is read. In the repository run: ${remedy} with the one to read, then register it again.`,
  };
}
