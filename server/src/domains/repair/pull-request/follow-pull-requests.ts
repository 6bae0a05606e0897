import { type RawBuilder, sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { HttpNotSent, HttpUncertain } from "../../../platform/http-client/http-client.ts";
import { VendorRefused } from "../../integration/index.ts";
import type { FollowedPullRequest } from "./followed-pull-request.ts";
import type { PullRequestDeps } from "./pull-request-deps.ts";
import { storeState } from "./store-state.ts";

export interface Followed {
  readonly pullRequest: FollowedPullRequest;
  readonly state: "open" | "merged" | "closed" | "gone" | "unknown";
  /** Why it could not be read, where that is so. */
  readonly problem: string | null;
}

/**
 * Asks the forge how pull requests stand, keeps it, and moves their incidents: a merge resolves, a close without one goes back to
 * diagnosed. One that can't be read is kept with the reason; the others go on.
 */
export async function followPullRequests(
  deps: PullRequestDeps,
  which:
    | { readonly projectId: string; readonly repository: string; readonly branch: string }
    | { readonly incidentId: string }
    | { readonly olderThan: Date },
): Promise<readonly Followed[]> {
  const rows = await listFollowed(deps, conditionOf(which));
  const followed: Followed[] = [];
  for (const pullRequest of rows) followed.push(await followOne(deps, pullRequest));
  return followed;
}

async function followOne(deps: PullRequestDeps, pullRequest: FollowedPullRequest): Promise<Followed> {
  const { id, projectId, repository, number } = pullRequest;
  try {
    const forge = await deps.openPullRequestForge(projectId);
    if (forge.repository !== repository || forge.kind !== pullRequest.forge)
      throw new CulpritError("NOT_FOUND", `The project is connected to ${forge.repository} now, not to ${repository}.`);
    const state = await forge.pullRequestState(number);
    // A forge hides what may not be read as if it were not there: only where the repository can be read, the pull request is gone.
    if (state === null) await forge.defaultBranch();
    await storeState(deps, pullRequest, state);
    return { pullRequest, state: state?.state ?? "gone", problem: null };
  } catch (error) {
    const isOutside =
      error instanceof CulpritError ||
      error instanceof VendorRefused ||
      error instanceof HttpNotSent ||
      error instanceof HttpUncertain;
    if (!isOutside) throw error;
    await sql`UPDATE pull_requests SET checked_at = ${deps.now()}, check_error = ${error.message.slice(0, 1000)} WHERE id = ${id}`.execute(
      deps.database.db,
    );
    return { pullRequest, state: "unknown", problem: error.message };
  }
}

function conditionOf(which: Parameters<typeof followPullRequests>[1]): RawBuilder<unknown> {
  if ("incidentId" in which) return sql`incident_id = ${which.incidentId}`;
  if ("olderThan" in which) return sql`coalesce(checked_at, opened_at) < ${which.olderThan}`;
  const { projectId, repository, branch } = which;
  return sql`project_id = ${projectId} AND repository = ${repository} AND branch = ${branch}`;
}

/** Also those that were closed of late: they may be opened again. */
async function listFollowed(deps: PullRequestDeps, condition: RawBuilder<unknown>): Promise<FollowedPullRequest[]> {
  const { rows } = await sql<FollowedPullRequest>`
    SELECT id, project_id AS "projectId", incident_id AS "incidentId", forge, repository, number, branch,
      base_branch AS "baseBranch", is_own AS "isOwn" FROM pull_requests
    WHERE (state = 'open' OR (state = 'closed' AND closed_at > ${deps.now()}::timestamptz - interval '7 days')) AND ${condition}
    ORDER BY checked_at NULLS FIRST, id LIMIT 200`.execute(deps.database.db);
  return rows;
}
