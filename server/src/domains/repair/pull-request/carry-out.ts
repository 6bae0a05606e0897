import { sql } from "kysely";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { PullRequestForge } from "../../integration/index.ts";
import { EffectRefused } from "../../workflow/index.ts";
import { askForReview } from "./ask-for-review.ts";
import type { Checkout } from "./checkout-port.ts";
import type { Concluded, ProvenCase } from "./concluded.ts";
import { findLaterFix } from "./find-later-fix.ts";
import { nameBranch } from "./name-branch.ts";
import { namePullRequest, pullRequestWord } from "./name-pull-request.ts";
import { issueMarkerOf } from "./open-issue-instead.ts";
import { proveOnBase } from "./prove-on-base.ts";
import { storePullRequest } from "./store-pull-request.ts";
import { writePullRequest } from "./write-text.ts";

/** Makes the branch out of the patch, pushes it, opens the pull request and keeps it; or says what stands against it. */
export async function carryOut(proven: ProvenCase, forge: PullRequestForge): Promise<Concluded> {
  const checkout = await openCheckoutOf(proven, forge);
  if (checkout === null)
    return {
      outcome: "unreachable",
      reason:
        "No repository of the project was read yet, so there is nothing to make a branch of. Register it by its URL.",
    };
  try {
    return await inCheckout(proven, forge, checkout);
  } finally {
    await checkout.close();
  }
}

/** Of the project's repositories the one that holds the deployed commit, else the first. */
async function openCheckoutOf({ deps, proposal, run }: ProvenCase, forge: PullRequestForge): Promise<Checkout | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM repositories WHERE project_id = ${proposal.projectId} ORDER BY last_fetched_at DESC NULLS LAST, created_at LIMIT 20`.execute(
    deps.database.db,
  );
  const remote = await forge.remote();
  for (const { id } of rows) {
    const checkout = await deps.openCheckout(id, remote);
    if (checkout === null) continue;
    if (rows.length === 1 || (await checkout.bringCommit(run.baseCommit ?? ""))) return checkout;
    await checkout.close();
  }
  return null;
}

async function inCheckout(proven: ProvenCase, forge: PullRequestForge, checkout: Checkout): Promise<Concluded> {
  const { deps, proposal, run, step, askedBy } = proven;
  const { settings } = proposal;
  const base = run.baseCommit ?? "";
  const incident = toPublicId("inc", proposal.incidentId);
  const baseBranch = settings.base_branch ?? (await forge.defaultBranch());
  const tip = await checkout.fetchBranch(baseBranch);
  if (tip === null)
    return {
      outcome: "refused",
      reason: `${forge.repository} has no branch ${baseBranch} to open a ${pullRequestWord(forge.kind)} to.`,
    };
  if (!(await checkout.bringCommit(base)))
    return {
      outcome: "does_not_apply",
      reason: `The deployed commit ${base.slice(0, 12)} is no longer in the repository: it was pushed over or deleted, so the patch can't be carried to ${baseBranch}.`,
    };
  const later = await findLaterFix(checkout, { base, tip, culprit: proposal.culpritCommit, incident });
  const fixed: Concluded | null =
    later === null ? null : { outcome: "already_fixed", reason: later.reason, commit: later.sha };
  if (fixed !== null && later?.isStated === true) return fixed;
  const diffs = [run.patchDiff, run.testDiff].filter((diff) => diff !== null);
  const carried = await checkout.carryOver(base, diffs, tip);
  if (carried.kind === "same")
    return { outcome: "already_fixed", reason: `${baseBranch} holds the patch already.`, commit: tip };
  if (carried.kind === "conflict") {
    // Lines that are gone were perhaps only written otherwise; it is where the patch finds nothing to change that it counts.
    if (fixed !== null) return fixed;
    return {
      outcome: "does_not_apply",
      reason: `The patch is proven on ${base.slice(0, 12)} and does not apply to ${baseBranch} at ${tip.slice(0, 12)}: ${carried.reason}`,
    };
  }

  const alone = await checkout.carryOver(base, [run.patchDiff ?? ""], tip);
  if (alone.kind !== "changed")
    return { outcome: "already_fixed", reason: `${baseBranch} holds the patch already.`, commit: tip };
  const baseProof =
    base === tip
      ? null
      : await proveOnBase(proven, checkout, { tip, branch: baseBranch, patched: alone.tree, whole: carried.tree });
  const proofDetails = baseProof === null ? {} : { base_proof: baseProof };
  if (baseProof !== null && baseProof.outcome !== "green" && !settings.allow_unproven_base)
    return {
      outcome: "not_proven_on_base",
      reason: `The patch is proven on ${base.slice(0, 12)}, which is deployed, and not on ${baseBranch} at ${tip.slice(0, 12)}: ${baseProof.reason}`,
      commit: tip,
      details: proofDetails,
    };

  const branch = nameBranch(incident, await earlierOnes(proven, forge));
  const issue = await forge.findIssue(issueMarkerOf(proposal.incidentId));
  const text = writePullRequest({
    ...{ proposal, run, incident, askedBy, incidentUrl: `${deps.publicUrl()}/incidents/${incident}` },
    culpritSubject: await subjectOf(checkout, proposal.culpritCommit),
    commitsSince: base === tip ? 0 : (await checkout.commitsBetween(base, tip)).length,
    issueNumber: issue?.number ?? null,
    forge: forge.kind,
    baseProof,
  });
  const made = { tree: carried.tree, parent: tip, message: text.commitMessage, at: run.createdAt };
  const commit = await checkout.commit({ ...made, author: await forge.identity() });
  step.progress(`Pushing ${branch} to ${forge.repository}.`);
  const effect = { integrationId: forge.integrationId, service: proposal.service };
  const isOurs = (message: string) => message.includes(`\nIncident: ${incident}\n`);
  const pushedOne = async () => {
    const there = await checkout.tipOfRemote(branch);
    return there !== null && isOurs(there.message) ? there.sha : null;
  };
  const pushed = await step.effect({
    ...{ ...effect, key: "branch", kind: "branch", recipient: `${forge.repository} ${branch}` },
    request: { branch, commit, base: tip },
    repeat: "lookup",
    send: async () => {
      const there = await checkout.tipOfRemote(branch);
      if (there !== null && isOurs(there.message)) return { externalRef: there.sha, response: { commit: there.sha } };
      const result =
        there === null
          ? await checkout.push(commit, branch)
          : ({ kind: "refused", reason: `${branch} exists and was not made for ${incident}` } as const);
      if (result.kind === "pushed") return { externalRef: commit, response: { commit } };
      throw new EffectRefused(`${forge.repository} does not take the branch ${branch}: ${result.reason}`, {
        isWorthRetrying: false,
      });
    },
    find: async () => {
      const sha = await pushedOne();
      return sha === null ? null : { externalRef: sha, response: { commit: sha } };
    },
  });
  const headSha = pushed.externalRef ?? commit;
  const opened = await step.effect({
    ...{ ...effect, key: "pull_request", kind: "pull_request", recipient: `${forge.repository} ${branch}` },
    request: { title: text.title, branch, base: baseBranch },
    repeat: "lookup",
    send: async ({ idempotencyKey }) => {
      const { number, url } =
        (await forge.findPullRequest(branch)) ??
        (await forge.openPullRequest(
          { title: text.title, body: text.body, head: branch, base: baseBranch, isDraft: settings.draft },
          idempotencyKey,
        ));
      return { externalRef: String(number), response: { number, url } };
    },
    find: async () => {
      const standing = await forge.findPullRequest(branch);
      return standing === null ? null : { externalRef: String(standing.number), response: { ...standing } };
    },
  });
  const [number, url] = [Number(opened.externalRef), String(opened.response.url)];
  const pullRequestId = await storePullRequest(deps.database, forge, {
    ...{ projectId: proposal.projectId, incidentId: proposal.incidentId, runId: run.id, title: text.title },
    ...{ number, url, baseBranch, branch, headSha, isOwn: true, mode: settings.mode, openedAt: deps.now() },
  });
  const problems = await askForReview(proven, forge, checkout, { number, tip });
  return {
    outcome: "opened",
    reason: `${namePullRequest(forge.kind, forge.repository, number)} was opened: ${text.title}`,
    ...{ url, number, branch, commit: headSha, pullRequestId, details: { ...proofDetails, ...problems } },
  };
}

/** Pull requests of ours for it that are over; each left its branch's name behind. */
async function earlierOnes({ deps, proposal }: ProvenCase, forge: PullRequestForge): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM pull_requests WHERE incident_id = ${proposal.incidentId} AND is_own
      AND repository = ${forge.repository} AND state <> 'open'`.execute(deps.database.db);
  return rows[0]?.count ?? 0;
}

async function subjectOf(checkout: Checkout, sha: string | null): Promise<string | null> {
  return sha !== null && (await checkout.bringCommit(sha)) ? checkout.subjectOf(sha) : null;
}
