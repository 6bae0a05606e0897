import { refusePatch } from "../../analysis/fixers/patch-gate.ts";
import { newId } from "../../platform/ids/ids.ts";
import { loadRepairCase, type RepairCase } from "./load-repair-case.ts";
import { manualSteps } from "./manual-steps.ts";
import { describeCulprit, openRepairCase } from "./open-repair-case.ts";
import { noteStep } from "./proof-steps.ts";
import { type PatchProposal, proposePatches } from "./propose-patches.ts";
import { type Baseline, measureBaseline, type Proof, provePatch } from "./prove-patch.ts";
import { nextRevision, type RepairRun, recordRun } from "./record-run.ts";
import type { NoRegressionTest, RegressionTest } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import type { Progress, RepairDeps } from "./repair-deps.ts";
import { revertCulprit } from "./revert-culprit.ts";
import { saveResult } from "./save-result.ts";
import { writeFixPrompt } from "./write-fix-prompt.ts";
import { writeRegressionTest } from "./write-regression-test.ts";

/** The current answer after a repair. */
export interface RepairOutcome {
  readonly runId: string;
  readonly proof: "green" | "red" | "not_run";
  readonly reason: string;
  readonly proposer: string;
  readonly patchKind: RepairRun["kind"];
  /** Null where no patch was proposed. */
  readonly patchApplies: boolean | null;
  readonly isolation: string;
  readonly runs: number;
  readonly durationMs: number;
}

const proposalsMax = 12;

/**
 * Looks for a patch that makes an incident's failure go away, proves it in isolation, and stores the answer. Proposers
 * are asked one after the other until a patch is proven; every attempt is kept. Whatever can't be done (no repository,
 * no isolation, nothing to test with) ends as `not_run` with its reason. Running it again adds a revision and replaces
 * the answer.
 * @throws CulpritError NOT_FOUND when there is no such incident.
 */
export async function repairIncident(
  deps: RepairDeps,
  { incidentId }: { readonly incidentId: string },
  progress: Progress = () => {},
): Promise<RepairOutcome> {
  const startedAt = performance.now();
  const repairCase = await loadRepairCase(deps.database.db, incidentId);
  const revision = await nextRevision(deps.database.db, incidentId);
  const of = { projectId: repairCase.projectId, incidentId, revision };
  const opened = await openRepairCase(deps, repairCase);
  try {
    const runs: RepairRun[] = [];
    const keep = async (run: RepairRun): Promise<void> => {
      runs.push(run);
      await recordRun(deps.database.db, of, run);
      await progress(`${run.proposer}: ${run.proof}. ${run.explanation} ${run.reason}`.replace(/\s+/g, " "));
    };
    if ("reason" in opened) await keep(emptyRun(repairCase, opened.reason, "none", performance.now() - startedAt));
    else await tryCommits(opened.ctx, keep, runs, progress);
    const best = bestOf(runs);
    if (best === undefined) throw new Error("A repair ended without a run.");
    const ctx = "ctx" in opened ? opened.ctx : null;
    const tookMs = performance.now() - startedAt;
    const prompt = await writeFixPrompt(repairCase, ctx, best);
    await saveResult(deps.database.db, repairCase, {
      run: best,
      prompt,
      manualSteps: manualSteps(repairCase, ctx, best),
      tookMs,
    });
    return {
      runId: best.id,
      proof: best.proof,
      reason: best.reason,
      proposer: best.proposer,
      patchKind: best.kind,
      patchApplies: best.patchApplies,
      isolation: best.isolation,
      runs: runs.length,
      durationMs: Math.round(tookMs),
    };
  } finally {
    if ("ctx" in opened) await opened.ctx.repository.close();
  }
}

/**
 * Tries the blamed commit, then the others that the investigation holds possible: only the change that did it makes a test fail
 * after and pass before.
 */
async function tryCommits(
  ctx: RepairContext,
  keep: (run: RepairRun) => Promise<void>,
  runs: readonly RepairRun[],
  progress: Progress,
): Promise<void> {
  await tryProposals(ctx, keep, progress);
  for (const sha of ctx.culprit === null ? [] : ctx.repairCase.otherCommits) {
    if (runs.some((run) => run.proof === "green")) return;
    const other = await withCulprit(ctx, sha);
    if (other === null) continue;
    await progress(
      `Nothing is proven for the blamed commit: trying ${sha.slice(0, 10)}, the next that may have done it.`,
    );
    const told = ` The verdict blames ${ctx.culprit?.sha.slice(0, 10)}; this was tried for ${sha.slice(0, 10)}.`;
    await tryProposals(
      other,
      (run) => keep({ ...run, explanation: run.explanation + told, reason: run.reason + told }),
      progress,
    );
  }
}

/** The same case with another commit blamed; null where that is not part of what ran. */
async function withCulprit(ctx: RepairContext, sha: string): Promise<RepairContext | null> {
  const culprit = await describeCulprit(ctx.repository, ctx.base, sha);
  if (culprit === null) return null;
  return { ...ctx, culprit, revert: await revertCulprit(ctx.deps, ctx.repository, ctx.base, culprit) };
}

async function tryProposals(
  ctx: RepairContext,
  keep: (run: RepairRun) => Promise<void>,
  progress: Progress,
): Promise<void> {
  const startedAt = performance.now();
  let prepared: { test: RegressionTest | NoRegressionTest; baseline: Baseline | Proof | null } | undefined;
  let count = 0;
  for await (const proposal of proposePatches(ctx)) {
    const attemptAt = count === 0 ? startedAt : performance.now();
    count += 1;
    const refusal = refusePatch(proposal.kind, proposal.diff);
    const conflict = refusal === null ? await ctx.repository.checkApplies(ctx.base, proposal.diff) : null;
    const run = (proof: Proof, test: RegressionTest | null, testDiff: string | null): RepairRun => ({
      id: newId(),
      proposer: proposal.proposer,
      kind: proposal.kind,
      baseCommit: ctx.base,
      patchDiff: proposal.diff,
      patchApplies: refusal === null && conflict === null,
      testPath: test?.path ?? null,
      testDiff,
      proof: proof.outcome,
      reason: proof.reason,
      steps: proof.steps,
      isolation: ctx.runs?.sandbox.isolation ?? "none",
      durationMs: performance.now() - attemptAt,
      explanation: proposal.explanation,
    });
    if (refusal !== null || conflict !== null) {
      const reason = refusal ?? `git does not apply it: ${conflict}`;
      await keep(run({ outcome: "red", reason, steps: [] }, null, null));
      continue;
    }
    prepared ??= await prepareProof(ctx, progress);
    const { test, baseline } = prepared;
    if ("reason" in test) {
      await keep(run({ outcome: "not_run", reason: test.reason, steps: test.steps }, null, null));
      return;
    }
    if (baseline === null || "outcome" in baseline) {
      const proof: Proof = baseline ?? { outcome: "not_run", reason: "Nothing isolates the run.", steps: [] };
      await keep(run({ ...proof, steps: [...test.steps, ...proof.steps] }, test, null));
      return;
    }
    await progress(`Proving a patch by ${proposal.proposer}.`);
    const proof = await prove(ctx, test, baseline, proposal);
    await keep(run({ ...proof, steps: [...test.steps, ...baseline.steps, ...proof.steps] }, test, baseline.testDiff));
    if (proof.outcome === "green" || count >= proposalsMax) return;
  }
  if (count === 0)
    await keep(
      emptyRun(ctx.repairCase, noProposal(ctx), ctx.runs?.sandbox.isolation ?? "none", performance.now() - startedAt),
    );
}

async function prove(
  ctx: RepairContext,
  test: RegressionTest,
  baseline: Baseline,
  proposal: PatchProposal,
): Promise<Proof> {
  if (ctx.runs === null) return { outcome: "not_run", reason: "Nothing isolates the run.", steps: [] };
  const proof = await provePatch(ctx, ctx.runs, test, baseline, proposal.diff);
  if (proof.outcome !== "green" || proposal.probeDiff === undefined) return proof;
  const probed = await provePatch(ctx, ctx.runs, test, baseline, proposal.probeDiff);
  if (probed.outcome === "red") return proof;
  const reason =
    "The tests pass with any value in the missing one's place, so they do not show that the guard gives a right result.";
  return {
    outcome: "red",
    reason,
    steps: [...proof.steps, noteStep("tests notice the guard's value", "", "failed", reason)],
  };
}

async function prepareProof(
  ctx: RepairContext,
  progress: Progress,
): Promise<{ test: RegressionTest | NoRegressionTest; baseline: Baseline | Proof | null }> {
  if (ctx.runs === null) {
    const reason =
      "This machine offers no isolation (neither bubblewrap nor namespaces), so no code of the project was run. Install bubblewrap, or set allowUnisolatedProof for the project.";
    return { test: { reason, steps: [] }, baseline: null };
  }
  await progress("Writing a test that fails at the deployed commit.");
  const test = await writeRegressionTest(ctx, ctx.runs);
  if ("reason" in test) return { test, baseline: null };
  await progress(test.explanation);
  return { test, baseline: await measureBaseline(ctx, ctx.runs, test) };
}

function noProposal(ctx: RepairContext): string {
  const revert = "reason" in ctx.revert ? `Undoing the change is not possible: ${ctx.revert.reason}` : "";
  return `No rule knows a patch for this failure. ${revert}`.trim();
}

function emptyRun(repairCase: RepairCase, reason: string, isolation: string, durationMs: number): RepairRun {
  return {
    id: newId(),
    proposer: "none",
    kind: null,
    baseCommit: repairCase.baseCommit,
    patchDiff: null,
    patchApplies: null,
    testPath: null,
    testDiff: null,
    proof: "not_run",
    reason,
    steps: [],
    isolation,
    durationMs,
    explanation: "",
  };
}

/** A proven patch, else the first that at least applies, else the first. */
function bestOf(runs: readonly RepairRun[]): RepairRun | undefined {
  return runs.find((run) => run.proof === "green") ?? runs.find((run) => run.patchApplies === true) ?? runs[0];
}
