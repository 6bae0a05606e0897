import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { moveIncident } from "../../incident/index.ts";
import type { PullRequestState } from "../../integration/index.ts";
import type { FollowedPullRequest } from "./followed-pull-request.ts";
import { describePullRequest } from "./name-pull-request.ts";
import type { PullRequestDeps } from "./pull-request-deps.ts";

/** Keeps how a pull request stands and moves its incident where that changed; null is one that is gone. */
export async function storeState(
  deps: PullRequestDeps,
  pullRequest: FollowedPullRequest,
  state: PullRequestState | null,
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const { rows } = await sql<{
      state: string;
    }>`SELECT state FROM pull_requests WHERE id = ${pullRequest.id} FOR UPDATE`.execute(tx);
    const before = rows[0]?.state;
    if (before === undefined || (state?.state === "open" && before !== "open" && (await hasOtherOpen(tx, pullRequest))))
      return;
    if (state === null) await storeGone(tx, deps, pullRequest.id);
    else await storeFacts(tx, deps, pullRequest.id, state);
    const now = state?.state ?? "closed";
    if (now !== before) await moveWith(tx, pullRequest, now);
  });
}

async function storeFacts(
  tx: Transaction<DB>,
  deps: PullRequestDeps,
  id: string,
  state: PullRequestState,
): Promise<void> {
  const { checks, reviews } = state;
  const said = {
    state: reviews.state,
    approved_by: reviews.approvedBy.slice(0, 50),
    changes_requested_by: reviews.changesRequestedBy.slice(0, 50),
  };
  await sql`
    UPDATE pull_requests SET state = ${state.state}, title = ${state.title.slice(0, 500)}, head_sha = ${state.headSha},
      checks = ${JSON.stringify({ ...checks, failing: checks.failing.slice(0, 50) })}::jsonb, reviews = ${JSON.stringify(said)}::jsonb,
      merged_at = ${state.mergedAt}, closed_at = ${state.state === "open" ? null : (state.closedAt ?? state.mergedAt ?? deps.now())},
      closed_reason = CASE WHEN ${state.state}::text = 'closed' THEN coalesce(closed_reason, 'It was closed at the forge without a merge.') END,
      checked_at = ${deps.now()}, check_error = NULL
    WHERE id = ${id}`.execute(tx);
}

async function storeGone(tx: Transaction<DB>, deps: PullRequestDeps, id: string): Promise<void> {
  await sql`
    UPDATE pull_requests SET state = 'closed', closed_at = coalesce(closed_at, ${deps.now()}), closed_reason = 'It is no longer at the forge.',
      checked_at = ${deps.now()}, check_error = NULL WHERE id = ${id}`.execute(tx);
}

async function hasOtherOpen(tx: Transaction<DB>, { id, incidentId, isOwn }: FollowedPullRequest): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM pull_requests WHERE incident_id = ${incidentId} AND id <> ${id} AND state = 'open' AND is_own AND ${isOwn}::boolean`.execute(
    tx,
  );
  return rows.length > 0;
}

async function moveWith(
  tx: Transaction<DB>,
  { incidentId, forge, repository, number }: FollowedPullRequest,
  now: "open" | "merged" | "closed",
): Promise<void> {
  const name = describePullRequest(forge, repository, number);
  if (now === "merged")
    await moveIncident(tx, {
      incidentId,
      to: "resolved",
      reason: `${name} was merged.`,
      details: { pull_request: number },
    });
  else if (now === "open") await moveIncident(tx, { incidentId, to: "pr_created", reason: `${name} is open again.` });
  else {
    const { rows } =
      await sql`SELECT 1 FROM pull_requests WHERE incident_id = ${incidentId} AND state = 'open'`.execute(tx);
    if (rows.length > 0) return;
    await sql`UPDATE incidents SET pr_url = NULL, pr_number = NULL WHERE id = ${incidentId}`.execute(tx);
    await moveIncident(tx, { incidentId, to: "diagnosed", reason: `${name} was closed without a merge.` });
  }
}
