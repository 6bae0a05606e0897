import { sql } from "kysely";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { PullRequestForge } from "../../integration/index.ts";
import type { Concluded, ProvenCase } from "./concluded.ts";
import { failureKeys } from "./hold-claim.ts";
import { namePullRequest } from "./name-pull-request.ts";
import { storePullRequest } from "./store-pull-request.ts";
import { patchesTouchSameLines } from "./touches-same-lines.ts";

interface Row {
  incident_id: string;
  number: number;
  url: string;
  title: string;
  branch: string;
  base_branch: string;
  head_sha: string | null;
  opened_at: Date;
  patch_diff: string | null;
}

/**
 * The open pull request of ours that was opened for another incident of the same failure: with the same patch, or one that changes the same
 * lines. It is followed for this incident too, so that its merge resolves both. Null where there is none.
 */
export async function findForSameFailure(
  { deps, proposal, run }: ProvenCase,
  forge: PullRequestForge,
): Promise<Concluded | null> {
  const { rows } = await sql<Row>`
    SELECT p.incident_id, p.number, p.url, p.title, p.branch, p.base_branch, p.head_sha, p.opened_at, u.patch_diff
    FROM pull_requests p LEFT JOIN autopsy_runs u ON u.id = p.autopsy_run_id
    WHERE p.project_id = ${proposal.projectId} AND p.repository = ${forge.repository} AND p.state = 'open' AND p.is_own
      AND p.incident_id <> ${proposal.incidentId} ORDER BY p.opened_at LIMIT 200`.execute(deps.database.db);
  const patch = run.patchDiff ?? "";
  const [own] = failureKeys(null, patch);
  const found = rows.find(
    ({ patch_diff: theirs }) =>
      theirs !== null && (failureKeys(null, theirs)[0] === own || patchesTouchSameLines(patch, theirs)),
  );
  if (found === undefined) return null;
  const { number, url, title, branch, head_sha: commit } = found;
  const pullRequestId = await storePullRequest(deps.database, forge, {
    ...{ projectId: proposal.projectId, incidentId: proposal.incidentId, runId: null, mode: proposal.settings.mode },
    ...{ number, url, title, branch, baseBranch: found.base_branch, headSha: commit, isOwn: false },
    openedAt: found.opened_at,
  });
  const other = toPublicId("inc", found.incident_id);
  const reason = `${namePullRequest(forge.kind, forge.repository, number)} is open for ${other}, an incident of the same failure: its patch changes the same lines.`;
  return { outcome: "already_open", reason, url, number, branch, commit, pullRequestId };
}
