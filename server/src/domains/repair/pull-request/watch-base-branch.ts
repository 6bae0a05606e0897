import { sql } from "kysely";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { moveIncident } from "../../incident/index.ts";
import { findLaterFix } from "./find-later-fix.ts";
import type { FollowedPullRequest } from "./followed-pull-request.ts";
import type { PullRequestDeps } from "./pull-request-deps.ts";

/**
 * Looks whether the base branch of an open pull request of ours got a commit that says it ends the same failure: that resolves the
 * incident, whose event has the pull request closed. @returns the reason, or null where there is none.
 */
export async function watchBaseBranch(deps: PullRequestDeps, pullRequest: FollowedPullRequest): Promise<string | null> {
  const { projectId, incidentId, baseBranch } = pullRequest;
  const { rows } = await sql<{ repository_id: string; base_commit: string; culprit_commit: string | null }>`
    SELECT r.id AS repository_id, u.base_commit, i.culprit_commit FROM pull_requests p
      JOIN autopsy_runs u ON u.id = p.autopsy_run_id JOIN incidents i ON i.id = p.incident_id JOIN repositories r ON r.project_id = p.project_id
    WHERE p.id = ${pullRequest.id} AND u.base_commit IS NOT NULL ORDER BY r.last_fetched_at DESC NULLS LAST, r.created_at LIMIT 1`.execute(
    deps.database.db,
  );
  const row = rows[0];
  if (row === undefined) return null;
  const forge = await deps.openPullRequestForge(projectId);
  const checkout = await deps.openCheckout(row.repository_id, await forge.remote());
  if (checkout === null) return null;
  try {
    const tip = await checkout.fetchBranch(baseBranch);
    if (tip === null || !(await checkout.bringCommit(row.base_commit))) return null;
    const incident = toPublicId("inc", incidentId);
    const fix = await findLaterFix(checkout, { base: row.base_commit, tip, culprit: row.culprit_commit, incident });
    if (fix === null || !fix.isStated) return null;
    await deps.database.transaction((tx) =>
      moveIncident(tx, { incidentId, to: "resolved", reason: fix.reason, details: { commit: fix.sha } }),
    );
    return fix.reason;
  } finally {
    await checkout.close();
  }
}
