import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { followPullRequests } from "./follow-pull-requests.ts";
import type { FollowedPullRequest } from "./followed-pull-request.ts";
import { namePullRequest } from "./name-pull-request.ts";
import type { PullRequestDeps, StepIn } from "./pull-request-deps.ts";

/**
 * Closes the pull request of ours for an incident that was resolved otherwise, with a comment that says how. A failure that only
 * went quiet (a detector or an alert recovered) is not mended: its pull request stays. @returns what was done, in words.
 */
export async function closeOwnPullRequest(deps: PullRequestDeps, incidentId: string, step: StepIn): Promise<string> {
  const reason = await resolvedBy(deps, incidentId);
  if (reason === null) return "The incident is not resolved, or only went quiet: pull requests for it stay.";
  // It may be the merge of this very one that resolved it.
  const open = (await followPullRequests(deps, { incidentId })).filter(
    ({ pullRequest, state }) => pullRequest.isOwn && state === "open",
  );
  for (const { pullRequest } of open) await closeOne(deps, pullRequest, reason, step);
  const closed = open.map(({ pullRequest: { forge, repository, number } }) =>
    namePullRequest(forge, repository, number),
  );
  return closed.length === 0 ? "No pull request of ours is open for it." : `Closed ${closed.join(", ")}: ${reason}`;
}

/** Why the incident is resolved; null where it is not, or where it only recovered. */
async function resolvedBy(deps: PullRequestDeps, incidentId: string): Promise<string | null> {
  const { rows } = await sql<{ status: string; rationale: string | null; is_quiet: boolean | null }>`
    SELECT i.status, d.rationale, d.details ? 'recovered' OR d.details ? 'endedAt' AS is_quiet FROM incidents i
    LEFT JOIN LATERAL (SELECT rationale, details FROM incident_decisions
      WHERE incident_id = i.id AND decision IN ('resolved', 'merged') ORDER BY decided_at DESC, decision_id DESC LIMIT 1) d ON true
    WHERE i.id = ${incidentId}`.execute(deps.database.db);
  const row = rows[0];
  return row?.status === "resolved" && row.is_quiet !== true ? (row.rationale ?? "It was resolved.") : null;
}

async function closeOne(
  deps: PullRequestDeps,
  pullRequest: FollowedPullRequest,
  reason: string,
  step: StepIn,
): Promise<void> {
  const { id, projectId, incidentId, repository, number } = pullRequest;
  const name = namePullRequest(pullRequest.forge, repository, number);
  const forge = await deps.openPullRequestForge(projectId);
  if (forge.repository !== repository)
    throw new CulpritError(
      "CONFLICT",
      `The project is connected to ${forge.repository} now, so ${name} can't be closed.`,
    );
  const incident = toPublicId("inc", incidentId);
  const body = `The failure ended otherwise: ${reason.replace(/\s+/g, " ").replaceAll("<!--", "<! --").replaceAll("@", "@\u2060").slice(0, 1000)}\n\n[${incident}](${deps.publicUrl()}/incidents/${incident}) is resolved, so this is closed. Open it again if it is still wanted.`;
  const effect = { recipient: name, integrationId: forge.integrationId };
  await step.effect({
    ...{ ...effect, key: `comment:${number}`, kind: "comment", request: { body }, repeat: "lookup" },
    send: async ({ idempotencyKey }) => {
      const made = await forge.comment(number, body, idempotencyKey);
      return { externalRef: made.id, response: { url: made.url } };
    },
    find: async ({ idempotencyKey }) => {
      const made = await forge.findComment(number, idempotencyKey);
      return made === null ? null : { externalRef: made.id, response: { url: made.url } };
    },
  });
  await sql`UPDATE pull_requests SET closed_reason = ${`The failure ended otherwise: ${reason}`.slice(0, 1000)} WHERE id = ${id}`.execute(
    deps.database.db,
  );
  await step.effect({
    ...{ ...effect, key: `close:${number}`, kind: "pull_request", request: { state: "closed" }, repeat: "idempotent" },
    send: async () => {
      await forge.close(number);
      return { externalRef: String(number), response: {} };
    },
  });
  await followPullRequests(deps, { incidentId });
  step.progress(`${name} was closed.`);
}
