import type { z } from "zod";
import { type PullRequestState, VendorRefused } from "../../domains/integration/index.ts";
import { outcomeOfChecks, outcomeOfReviews } from "../shared/pull-request-outcomes.ts";
import type { GitLab } from "./call-gitlab.ts";
import { approvals, commitStatus, mergeRequest, reviewer } from "./schemas.ts";

const listMax = 300;

/** How a merge request stands; null where there is no such one. */
export async function mergeRequestState(gitlab: GitLab, at: string, number: number): Promise<PullRequestState | null> {
  const path = `${at}/merge_requests/${number}`;
  const found = await orNull(gitlab.call("GET", path, mergeRequest));
  if (found === null) return null;
  const headSha = found.sha ?? "";
  const [statuses, reviewers, approved] = await Promise.all([
    headSha === "" ? [] : gitlab.list(`${at}/repository/commits/${headSha}/statuses`, commitStatus, listMax),
    gitlab.list(`${path}/reviewers`, reviewer, listMax),
    // Not in every edition, and not for every role.
    orNull(gitlab.call("GET", `${path}/approvals`, approvals), [403, 404]),
  ]);
  return {
    ...{ number: found.iid, url: found.web_url, title: found.title, headSha },
    state: found.state === "opened" || found.state === "locked" ? "open" : found.state,
    mergedAt: dateOf(found.merged_at),
    closedAt: dateOf(found.closed_at),
    checks: outcomeOfChecks(statuses.map((one) => ({ name: one.name, state: checkStateOf(one) }))),
    reviews: outcomeOfReviews([
      ...(approved?.approved_by ?? []).map(({ user }) => ({ author: user.username, says: "approved" as const })),
      // What a reviewer's own state says is newer than an approval, which stays when changes are asked for afterwards.
      ...reviewers.map(({ user, state }) => ({ author: user.username, says: reviewStates[state] ?? null })),
    ]),
  };
}

/** The answer, or null where GitLab says that there is no such thing. */
export async function orNull<T>(asked: Promise<T>, missing: readonly number[] = [404]): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof VendorRefused && missing.includes(error.status)) return null;
    throw error;
  }
}

const passed = new Set(["success", "skipped", "manual"]);
const waiting = new Set(["created", "waiting_for_resource", "preparing", "pending", "running", "scheduled"]);

function checkStateOf({ status, allow_failure: mayFail }: z.infer<typeof commitStatus>): string {
  if (passed.has(status) || (status === "failed" && mayFail === true)) return "success";
  return waiting.has(status) ? "pending" : "failure";
}

const reviewStates: Readonly<Record<string, "approved" | "changes_requested" | "nothing">> = {
  approved: "approved",
  requested_changes: "changes_requested",
  unapproved: "nothing",
};

function dateOf(text: string | null | undefined): Date | null {
  return text == null ? null : new Date(text);
}
