import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ForgeKind, PullRequestForge } from "../../integration/index.ts";
import { carryOut } from "./carry-out.ts";
import type { Concluded, ProvenCase, PullRequestResult } from "./concluded.ts";
import { failureOf } from "./failure-of.ts";
import { findExisting } from "./find-existing.ts";
import { findForSameFailure } from "./find-for-same-failure.ts";
import { failureKeys, holdClaim } from "./hold-claim.ts";
import { judgeAuto } from "./judge-auto.ts";
import { waitsFor } from "./list-passed-thresholds.ts";
import { loadProposal, type Proposal, type ProposedRun } from "./load-proposal.ts";
import { namePullRequest } from "./name-pull-request.ts";
import { openIssueInstead } from "./open-issue-instead.ts";
import type { PullRequestDeps, StepIn } from "./pull-request-deps.ts";
import { recordDecision } from "./record-decision.ts";

/**
 * Opens a pull request with the proven patch of an incident, or says why not, and stores that. `askedBy` names who asked for it;
 * null is Culprit itself, which goes by the project's mode. Asked again it finds what it opened before: never two for one failure.
 * @throws EffectStopped; what `failureOf` knows where another try may help, stored too; CulpritError NOT_FOUND for no incident.
 */
export async function openPullRequest(
  deps: PullRequestDeps,
  request: { readonly incidentId: string; readonly askedBy: string | null },
  step: StepIn,
): Promise<PullRequestResult> {
  const { askedBy } = request;
  const proposal = await loadProposal(deps.database.db, request.incidentId);
  const keep = async (concluded: Concluded): Promise<PullRequestResult> => {
    const { outcome, reason, url = null, number = null, branch = null, commit = null } = concluded;
    await recordDecision(deps.database.db, {
      projectId: proposal.projectId,
      incidentId: proposal.incidentId,
      runId: proposal.run?.id ?? null,
      pullRequestId: concluded.pullRequestId ?? null,
      mode: proposal.settings.mode,
      askedBy,
      outcome,
      reason,
      details: { url, branch, commit, ...concluded.details },
    });
    step.progress(reason);
    return { outcome, reason, url, number, branch, commit };
  };
  try {
    return await keep(await conclude(deps, proposal, askedBy, step));
  } catch (error) {
    const failed = failureOf(error);
    if (failed === null) throw error;
    const kept = await keep(failed.concluded);
    if (failed.isWorthRetrying) throw error;
    return kept;
  }
}

async function conclude(
  deps: PullRequestDeps,
  proposal: Proposal,
  askedBy: string | null,
  step: StepIn,
): Promise<Concluded> {
  const { run, settings } = proposal;
  const standing = await standingOne(deps, proposal.incidentId);
  if (standing !== null) return standing;
  if (proposal.partOf !== null)
    return {
      outcome: "part_of_another",
      reason: `It was merged into ${proposal.partOf}, which goes on with the failure: its pull request is opened for that one.`,
    };
  if (run === null || run.patchDiff === null || run.baseCommit === null || run.proof !== "green") {
    const reason =
      run === null || run.patchDiff === null
        ? `No patch was drafted. ${run?.proofReason ?? ""}`
        : `The patch is not proven: ${run.proofReason}`;
    const isWished = settings.issue_without_proof && (askedBy !== null || settings.mode === "auto");
    if (!isWished) return { outcome: "not_proven", reason: reason.trim() };
    return withForge(deps, proposal, (forge) => openIssueInstead({ deps, step, proposal, forge, why: reason.trim() }));
  }
  if (askedBy === null) {
    const left = await leftToPeople(deps, proposal, run);
    if (left !== null) return left;
  }
  const proven: ProvenCase = { deps, step, proposal, run, askedBy };
  return withForge(deps, proposal, async (forge) => {
    const { projectId, incidentId } = proposal;
    const keys = failureKeys(proposal.culpritCommit, run.patchDiff ?? "");
    const claim = { projectId, incidentId, repository: forge.repository, keys };
    const concluded = await holdClaim(
      deps,
      claim,
      async () =>
        (await standingOne(deps, incidentId)) ??
        (await findForSameFailure(proven, forge)) ??
        (await findExisting(proven, forge)) ??
        carryOut(proven, forge),
    );
    return (
      concluded ?? {
        outcome: "already_open",
        reason: "A pull request for another incident of the same failure is being opened right now.",
      }
    );
  });
}

/** What keeps Culprit from opening it by itself. */
async function leftToPeople(deps: PullRequestDeps, proposal: Proposal, run: ProposedRun): Promise<Concluded | null> {
  const { mode, daily_max: dailyMax } = proposal.settings;
  if (mode === "manual")
    return {
      outcome: "left_to_people",
      reason: "A proven patch is ready. The project's mode is manual: a person opens the pull request.",
    };
  if (mode === "suggest")
    return {
      outcome: "suggested",
      reason: "A proven patch is ready: open its pull request on the incident's page, or by culprit pr.",
    };
  if (proposal.outdatedReason !== null)
    return { outcome: "left_to_people", reason: `${proposal.outdatedReason} A person may open it.` };
  const below = judgeAuto(proposal, run);
  if (below !== null)
    return {
      outcome: "below_threshold",
      reason: `${below.reason} A person may open it.`,
      ...(below.isWaiting ? { details: { [waitsFor]: "events" } } : {}),
    };
  const { rows } = await sql<{ today: number; turned_down: { forge: ForgeKind; number: number; of: string } | null }>`
    SELECT (SELECT count(*)::int FROM pull_requests WHERE project_id = ${proposal.projectId} AND is_own AND mode = 'auto'
        AND opened_at > ${deps.now()}::timestamptz - interval '24 hours') AS today,
      (SELECT jsonb_build_object('forge', forge, 'of', repository, 'number', number) FROM pull_requests WHERE incident_id = ${proposal.incidentId} AND is_own AND state = 'closed'
        ORDER BY closed_at DESC LIMIT 1) AS turned_down`.execute(deps.database.db);
  const { today = 0, turned_down: turnedDown = null } = rows[0] ?? {};
  if (turnedDown !== null)
    return {
      outcome: "turned_down",
      reason: `${namePullRequest(turnedDown.forge, turnedDown.of, turnedDown.number)} was closed without a merge, so a person decides whether there is another.`,
    };
  if (today >= dailyMax)
    return {
      outcome: "daily_cap",
      reason: `${today} pull requests were opened within 24 hours, and the project allows ${dailyMax}. A person may open it.`,
    };
  return null;
}

/** The one that is open for the incident, as it is stored. */
async function standingOne(deps: PullRequestDeps, incidentId: string): Promise<Concluded | null> {
  const row = await deps.database.db
    .selectFrom("pull_requests")
    .select(["id", "url", "number", "branch", "head_sha", "repository", "forge"])
    .where("incident_id", "=", incidentId)
    .where("state", "=", "open")
    .orderBy("is_own", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { id, url, number, branch, head_sha: commit, repository, forge } = row;
  const reason = `${namePullRequest(forge as ForgeKind, repository, number)} is open for it.`;
  return { outcome: "already_open", reason, url, number, branch, commit, pullRequestId: id };
}

async function withForge(
  deps: PullRequestDeps,
  { projectId }: Proposal,
  work: (forge: PullRequestForge) => Promise<Concluded>,
): Promise<Concluded> {
  let forge: PullRequestForge;
  try {
    forge = await deps.openPullRequestForge(projectId);
  } catch (error) {
    // No integration, or one that is switched off, lost its key or has settings that no longer do: nobody was asked yet.
    if (error instanceof CulpritError) return { outcome: "no_forge", reason: error.message };
    throw error;
  }
  return work(forge);
}
