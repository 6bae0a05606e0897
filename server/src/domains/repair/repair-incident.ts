import { loadRepairCase } from "./load-repair-case.ts";
import { manualSteps } from "./manual-steps.ts";
import { describeCulprit, openRepairCase } from "./open-repair-case.ts";
import type { TellStep } from "./proof-steps.ts";
import type { PatchProposer } from "./propose-patches.ts";
import { nextRevision, type RepairRun, recordRun } from "./record-run.ts";
import type { RepairContext } from "./repair-context.ts";
import type { Progress, RepairDeps } from "./repair-deps.ts";
import { revertCulprit } from "./revert-culprit.ts";
import { saveResult } from "./save-result.ts";
import { emptyRun, tryProposals } from "./try-proposals.ts";
import { writeFixPrompt } from "./write-fix-prompt.ts";

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

/**
 * Looks for a patch that makes an incident's failure go away, proves it in isolation, and stores the answer. Proposers
 * are asked one after the other until a patch is proven; every attempt is kept. Whatever can't be done (no repository,
 * no isolation, nothing to test with) ends as `not_run` with its reason. Running it again adds a revision and replaces
 * the answer.
 * @throws CulpritError NOT_FOUND when there is no such incident.
 */
export async function repairIncident(
  deps: RepairDeps & { readonly proposers?: readonly PatchProposer[] },
  { incidentId }: { readonly incidentId: string },
  progress: Progress = () => {},
): Promise<RepairOutcome> {
  const startedAt = performance.now();
  const repairCase = await loadRepairCase(deps.database.db, incidentId);
  const revision = await nextRevision(deps.database.db, incidentId);
  const of = { projectId: repairCase.projectId, incidentId, revision };
  const runs: RepairRun[] = [];
  // An attempt is stored only when it is over; whoever watches is told of its steps meanwhile.
  const tell: TellStep = (step) => {
    const { name, outcome, duration_ms: ms } = step;
    const words = outcome === "running" ? "begun" : `${outcome}, ${(ms / 1000).toFixed(1)} s`;
    return progress(`${name}: ${words}`, { attempt: runs.length + 1, proof_step: step });
  };
  const opened = await openRepairCase(deps, repairCase, tell);
  try {
    const keep = async (run: RepairRun): Promise<void> => {
      runs.push(run);
      await recordRun(deps.database.db, of, run);
      await progress(`${run.proposer}: ${run.proof}. ${run.explanation} ${run.reason}`.replace(/\s+/g, " "));
    };
    if ("reason" in opened) await keep(emptyRun(repairCase, opened.reason, "none", performance.now() - startedAt));
    else {
      await tryCommits(opened.ctx, runs, { keep, progress, proposers: deps.proposers ?? [] }).catch(
        async (error: unknown) => {
          // What was found so far is kept; a fault of the database ends this again, with the same words.
          const reason = `The repair broke off: ${error instanceof Error ? error.message : String(error)}`;
          await keep(
            emptyRun(repairCase, reason, opened.ctx.runs?.sandbox.isolation ?? "none", performance.now() - startedAt),
          );
        },
      );
    }
    const ctx = "ctx" in opened ? opened.ctx : null;
    const best = bestOf(runs, ctx);
    if (best === undefined) throw new Error("A repair ended without a run.");
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
 * after and pass before. Where nobody is blamed these come first, because without a change nothing says what the right result would
 * be; a proof then says that nobody is blamed, and the verdict stays what it was.
 */
async function tryCommits(
  ctx: RepairContext,
  runs: readonly RepairRun[],
  means: Parameters<typeof tryProposals>[1],
): Promise<void> {
  const isProven = (): boolean => runs.some((run) => run.proof === "green");
  // Whoever is asked after the rules is asked once, for the commit that the verdict blames.
  if (ctx.culprit !== null) await tryProposals(ctx, means);
  for (const sha of ctx.repairCase.otherCommits) {
    if (isProven()) return;
    const other = await withCulprit(ctx, sha);
    if (other === null) continue;
    const why = ctx.culprit === null ? "Nobody is blamed" : "Nothing is proven for the blamed commit";
    await means.progress(`${why}: trying ${sha.slice(0, 10)}, the next that may have done it.`);
    const verdict = ctx.culprit === null ? "blames nobody" : `blames ${ctx.culprit.sha.slice(0, 10)}`;
    const told = ` The verdict ${verdict}; this was tried for ${sha.slice(0, 10)}.`;
    await tryProposals(other, {
      progress: means.progress,
      proposers: [],
      keep: (run) => {
        const said = { explanation: run.explanation + told, reason: run.reason + told };
        return means.keep({ ...run, ...said, isElsewhere: true });
      },
    });
  }
  if (ctx.culprit === null && !isProven()) await tryProposals(ctx, means);
}

/** The same case with another commit blamed; null where that is not part of what ran. */
async function withCulprit(ctx: RepairContext, sha: string): Promise<RepairContext | null> {
  const culprit = await describeCulprit(ctx.repository, ctx.base, sha);
  if (culprit === null) return null;
  return { ...ctx, culprit, revert: await revertCulprit(ctx.deps, ctx.repository, ctx.base, culprit) };
}

/** A proven patch, else one that nothing speaks against where nobody is blamed, else the first that at least applies, else the first. */
function bestOf(runs: readonly RepairRun[], ctx: RepairContext | null): RepairRun | undefined {
  const applying = runs.filter((run) => run.patchApplies === true);
  const untold = ctx?.culprit === null ? applying.filter((run) => run.proof === "not_run") : [];
  // A commit that nobody blames is the last that anybody should undo.
  const [fix, mitigation] = ["fix", "mitigation"].map((wanted) => untold.find(({ kind }) => kind === wanted));
  const proven = runs.find((run) => run.proof === "green");
  return proven ?? fix ?? mitigation ?? untold[0] ?? applying[0] ?? runs[0];
}
