import { toPublicId } from "../../../platform/ids/ids.ts";
import type { ListedPullRequest, PullRequestForge } from "../../integration/index.ts";
import type { Concluded, ProvenCase } from "./concluded.ts";
import { nameBranch } from "./name-branch.ts";
import { namePullRequest } from "./name-pull-request.ts";
import { storePullRequest } from "./store-pull-request.ts";
import { touchesSameLines } from "./touches-same-lines.ts";

const lookedAtMax = 50;
/** Of those, whose changes are read: a call each. */
const comparedMax = 15;

/**
 * A pull request that is open for the same failure, of somebody else or for another incident: one that names the incident, or one that was opened since
 * the failure began and changes the same lines. It is followed instead of opening another.
 */
export async function findExisting(
  { deps, proposal, run }: ProvenCase,
  forge: PullRequestForge,
): Promise<Concluded | null> {
  const incident = toPublicId("inc", proposal.incidentId);
  // Its own branch, pushed by a try that died, is found later; one for another incident of the same failure counts here.
  const own = nameBranch(incident, 0);
  const open = (await forge.openPullRequests(lookedAtMax)).filter(({ headBranch }) => !headBranch.startsWith(own));
  const named = open.find(({ title, body, headBranch }) => `${title}\n${body}\n${headBranch}`.includes(incident));
  const found = named ?? (await overlapping(open));
  if (found === undefined) return null;
  const pullRequestId = await storePullRequest(deps.database, forge, {
    ...{ projectId: proposal.projectId, incidentId: proposal.incidentId, runId: null, mode: proposal.settings.mode },
    ...{ number: found.number, url: found.url, title: found.title, isOwn: false, openedAt: found.createdAt },
    ...{
      baseBranch: proposal.settings.base_branch ?? (await forge.defaultBranch()),
      branch: found.headBranch,
      headSha: null,
    },
  });
  const why =
    named === undefined ? "changes the same lines and was opened since the failure began" : `names ${incident}`;
  const reason = `${namePullRequest(forge.kind, forge.repository, found.number)} of ${found.author} is open already: it ${why}.`;
  return {
    outcome: "already_open",
    reason,
    url: found.url,
    number: found.number,
    branch: found.headBranch,
    pullRequestId,
  };

  async function overlapping(candidates: readonly ListedPullRequest[]): Promise<ListedPullRequest | undefined> {
    const since = candidates.filter(({ createdAt }) => createdAt >= proposal.firstSeenAt).slice(0, comparedMax);
    for (const one of since)
      if (touchesSameLines(run.patchDiff ?? "", await forge.changedFiles(one.number))) return one;
    return undefined;
  }
}
