import type { PullRequestState } from "../../domains/integration/index.ts";

/** The checks of a commit as one: a failing one outweighs one that runs, and that one those that passed. */
export function outcomeOfChecks(
  checks: readonly { readonly name: string; readonly state: string }[],
): PullRequestState["checks"] {
  const failing = checks.filter(({ state }) => state === "failure").map(({ name }) => name);
  const isPending = checks.some(({ state }) => state === "pending");
  const state = failing.length > 0 ? "failure" : isPending ? "pending" : checks.length > 0 ? "success" : "none";
  return { state, total: checks.length, failing: [...new Set(failing)] };
}

/** What reviewers said, oldest first, as one: each one's last word counts; `nothing` takes back what they said, null says nothing new. */
export function outcomeOfReviews(
  reviews: readonly { readonly author: string; readonly says: "approved" | "changes_requested" | "nothing" | null }[],
): PullRequestState["reviews"] {
  const last = new Map<string, string>();
  for (const { author, says } of reviews) if (says !== null) last.set(author, says);
  const who = (what: string) => [...last].filter(([, says]) => says === what).map(([author]) => author);
  const [approvedBy, changesRequestedBy] = [who("approved"), who("changes_requested")];
  const state = changesRequestedBy.length > 0 ? "changes_requested" : approvedBy.length > 0 ? "approved" : "none";
  return { state, approvedBy, changesRequestedBy };
}
