import type { Evidence } from "@culprit/contract";

export interface CommitAuthor {
  readonly name: string;
  /** When it was written. */
  readonly at: string;
}

/** Who wrote a commit and when, as the evidence of that commit says; null where no evidence does. */
export function commitAuthor(evidence: readonly Evidence[], sha: string): CommitAuthor | null {
  for (const { source, ref, snapshot } of evidence) {
    if (source !== "git" || ref !== `git:${sha}`) continue;
    // Its head is the id, then who and when; a name may hold a comma.
    const [first, second = ""] = snapshot.split("\n", 2);
    const [, name, at] = /^(.+), (\d{4}-\d\d-\d\dT\S+)$/.exec(second) ?? [];
    if (first === sha && name !== undefined && at !== undefined && !Number.isNaN(Date.parse(at))) return { name, at };
  }
  return null;
}
