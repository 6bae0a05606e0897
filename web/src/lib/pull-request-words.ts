import type { IncidentPullRequest } from "@culprit/contract";

export const checkWords: Record<IncidentPullRequest["checks"]["state"], string> = {
  none: "no checks",
  pending: "checks run",
  success: "checks pass",
  failure: "checks fail",
};

export const reviewWords: Record<IncidentPullRequest["reviews"]["state"], string> = {
  none: "no review",
  approved: "approved",
  changes_requested: "changes wanted",
};

/** A forge's address; anything else than a web address leads nowhere. */
export function webAddress(url: string): string | undefined {
  return /^https?:\/\//.test(url) ? url : undefined;
}
