import { describeRemovedTests, removedTests } from "../../analysis/fixers/removed-tests.ts";
import { newId } from "../../platform/ids/ids.ts";
import { formatPatch } from "./format-patch.ts";
import { type GatedPatch, gatePatch } from "./gate-patch.ts";
import type { RepairCase } from "./load-repair-case.ts";
import { noteStep, type ProofStep } from "./proof-steps.ts";
import { type PatchProposal, type PatchProposer, proposePatches } from "./propose-patches.ts";
import { type OwnTests, ownSuite, proveByOwnTests, runOwnTests } from "./prove-by-own-tests.ts";
import {
  type Baseline,
  measureBaseline,
  type Proof,
  provePatch,
  runSuite,
  type SuiteRun,
  tryWithoutTest,
} from "./prove-patch.ts";
import type { RepairRun } from "./record-run.ts";
import type { NoRegressionTest, RegressionTest } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import type { Progress } from "./repair-deps.ts";
import type { TreeRuns } from "./tree-runs.ts";
import { writeRegressionTest } from "./write-regression-test.ts";

const proposalsMax = 12;
const triesWithoutTestMax = 6;

interface Prepared {
  readonly test: RegressionTest | NoRegressionTest;
  readonly baseline: Baseline | Proof | null;
  /** The project's own tests at the deployed commit, where they ran and no test could be written. */
  readonly suite: SuiteRun | null;
  /** The same of a language that no regression test can be written for; its own tests are what proves. */
  readonly own?: OwnTests;
}

/**
 * Takes one proposal after the other through the gate and the proof, until one is proven. A proposal that fails is kept with its
 * reason and the next one has its turn; where no test can be written, none of them can be proven and the first one ends it.
 */
export async function tryProposals(
  ctx: RepairContext,
  means: {
    readonly keep: (run: RepairRun) => Promise<void>;
    readonly progress: Progress;
    /** Asked in this order after the rules. */
    readonly proposers: readonly PatchProposer[];
  },
): Promise<void> {
  const { keep, progress, proposers } = means;
  const startedAt = performance.now();
  let prepared: Promise<Prepared> | undefined;
  const prepare = (): Promise<Prepared> => {
    prepared ??= prepareProof(ctx, progress);
    return prepared;
  };
  let count = 0;
  const attempt = async (proposal: PatchProposal): Promise<Attempt> => {
    const attemptAt = count === 0 ? startedAt : performance.now();
    count += 1;
    const gated = await throughGate(ctx, proposal);
    const gate = gateStep(gated, performance.now() - attemptAt);
    await ctx.tell(gate);
    const attempted =
      "reason" in gated
        ? stoppedAtGate(proposal, gated.reason)
        : await tryProposal(ctx, { proposal, gated, prepared: await prepare(), progress });
    const { proof, patch, test, testDiff } = attempted;
    // Said of every patch, whoever drafted it: nobody looks for a test that is gone.
    const removed = describeRemovedTests(removedTests(patch));
    const reason = proof.outcome === "red" ? proof.reason : withSentence(proof.reason, removed);
    await keep({
      ...emptyRun(ctx.repairCase, reason, ctx.runs?.sandbox.isolation ?? "none", performance.now() - attemptAt),
      proposer: proposal.proposer,
      kind: proposal.kind,
      baseCommit: ctx.base,
      patchDiff: patch,
      patchApplies: !("reason" in gated),
      testPath: test?.path ?? null,
      testDiff,
      proof: proof.outcome,
      steps: [gate, ...proof.steps],
      explanation: withSentence(proposal.explanation, removed),
    });
    return attempted;
  };
  for await (const proposal of proposePatches(ctx, proposers)) {
    for (let next: PatchProposal | null = proposal; next !== null; ) {
      const { proof, triesMax }: Attempt = await attempt(next);
      if (count >= triesMax) return;
      next = proof.failing === undefined ? null : ((await next.withoutFailing?.(proof.failing)) ?? null);
    }
  }
  if (count === 0)
    await keep(
      emptyRun(ctx.repairCase, noProposal(ctx), ctx.runs?.sandbox.isolation ?? "none", performance.now() - startedAt),
    );
}

function withSentence(text: string, sentence: string): string {
  return sentence === "" ? text : `${text} ${sentence}`;
}

/** How one proposal ended. */
interface Attempt {
  readonly proof: Proof;
  readonly patch: string;
  readonly test: RegressionTest | null;
  readonly testDiff: string | null;
  /** How many are tried in all where one ends so; 0 where the next could not end otherwise. */
  readonly triesMax: number;
}

interface Trial {
  readonly proposal: PatchProposal;
  readonly gated: GatedPatch;
  readonly prepared: Prepared;
  readonly progress: Progress;
}

function stoppedAtGate({ diff: patch }: PatchProposal, reason: string): Attempt {
  const proof: Proof = { outcome: "red", reason, steps: [] };
  return { proof, patch, test: null, testDiff: null, triesMax: Number.POSITIVE_INFINITY };
}

/** Proves a patch that passed the gate by what could be prepared for it. */
async function tryProposal(ctx: RepairContext, trial: Trial): Promise<Attempt> {
  const { test, baseline, own } = trial.prepared;
  if (own !== undefined && ctx.runs !== null) return tryByOwnTests(ctx, ctx.runs, own, trial.gated);
  if ("reason" in test) return tryUntested(ctx, test, trial);
  if (ctx.runs !== null && baseline !== null && !("outcome" in baseline))
    return tryByTest(ctx, ctx.runs, test, baseline, trial);
  const proof = baseline !== null && "outcome" in baseline ? baseline : notIsolated;
  return {
    proof: { ...proof, steps: [...test.steps, ...proof.steps] },
    patch: trial.gated.diff,
    test,
    testDiff: null,
    triesMax: 0,
  };
}

/** By the tests of a project in a language that no regression test is written for. */
async function tryByOwnTests(ctx: RepairContext, runs: TreeRuns, own: OwnTests, gated: GatedPatch): Promise<Attempt> {
  const proof = await proveByOwnTests(ctx, runs, own, gated.diff);
  // What reproduces nothing proves none of them; nobody knows only where nobody is blamed which is right.
  const isHopeless = proof.outcome === "not_run" && own.reason !== null && ctx.culprit !== null;
  const triesMax = proof.outcome === "green" || isHopeless ? 0 : triesWithoutTestMax;
  return { proof, patch: gated.diff, test: null, testDiff: null, triesMax };
}

/** Where no test can be written none of them can be proven; each is tried, so that what breaks something does not stand as the answer. */
async function tryUntested(
  ctx: RepairContext,
  { reason, steps }: NoRegressionTest,
  { gated, prepared: { suite } }: Trial,
): Promise<Attempt> {
  const isTried = ctx.culprit === null && ctx.runs !== null && suite !== null;
  const proof: Proof = isTried
    ? await tryWithoutTest(ctx, ctx.runs, suite, reason, gated.diff)
    : { outcome: "not_run", reason, steps: [] };
  return {
    proof: { ...proof, steps: [...steps, ...proof.steps] },
    patch: gated.diff,
    test: null,
    testDiff: null,
    triesMax: isTried ? triesWithoutTestMax : 0,
  };
}

/** Lays the patch out as the project does, then proves it so. */
async function tryByTest(
  ctx: RepairContext,
  runs: TreeRuns,
  test: RegressionTest,
  baseline: Baseline,
  { proposal, gated, progress }: Trial,
): Promise<Attempt> {
  await progress(`Proving a patch by ${proposal.proposer}.`);
  const formatted = await formatPatch(ctx, runs, proposal.kind, gated);
  for (const step of formatted.steps) await ctx.tell(step);
  const patch = formatted.patch.diff;
  const tried = await prove(ctx, test, baseline, { ...proposal, diff: patch });
  // Stands wherever the proof is told: the answer, its export, the pull request.
  const isCautioned = tried.outcome === "green" && proposal.caution !== undefined;
  const reason = isCautioned ? `${tried.reason} ${proposal.caution}` : tried.reason;
  const steps = [...formatted.steps, ...test.steps, ...baseline.steps, ...tried.steps];
  const proof = { ...tried, reason, steps };
  // What could not be run for one can't be run for the next.
  return { proof, patch, test, testDiff: baseline.testDiff, triesMax: tried.outcome === "red" ? proposalsMax : 0 };
}

const notIsolated: Proof = { outcome: "not_run", reason: "Nothing isolates the run.", steps: [] };

function throughGate(ctx: RepairContext, proposal: PatchProposal): ReturnType<typeof gatePatch> {
  return gatePatch(
    {
      deps: ctx.deps,
      repository: ctx.repository,
      base: ctx.base,
      files: ctx.files,
      likelyPaths: [...new Set(ctx.frames.map(({ path }) => path))],
      limits: ctx.repairCase.patchLimits,
    },
    proposal,
  );
}

function gateStep(gated: GatedPatch | { readonly reason: string }, durationMs: number): ProofStep {
  const name = "patch passes the gate";
  const isStopped = "reason" in gated;
  if (isStopped) return noteStep(name, "git apply", "failed", gated.reason, durationMs);
  const mended = gated.notes.length === 0 ? "" : ` It was mended before: ${gated.notes.join("; ")}.`;
  return noteStep(name, "git apply", "passed", `It changes ${gated.paths.join(", ")}.${mended}`, durationMs);
}

async function prove(
  ctx: RepairContext,
  test: RegressionTest,
  baseline: Baseline,
  proposal: PatchProposal,
): Promise<Proof> {
  if (ctx.runs === null) return notIsolated;
  const proof = await provePatch(ctx, ctx.runs, test, baseline, proposal.diff);
  if (proof.outcome !== "green" || proposal.probeDiff === undefined) return proof;
  const probed = await provePatch({ ...ctx, tell: () => {} }, ctx.runs, test, baseline, proposal.probeDiff);
  if (probed.outcome === "red") return proof;
  const reason =
    "The tests pass with any value in the missing one's place, so they do not show that the guard gives a right result.";
  return {
    outcome: "red",
    reason,
    steps: [...proof.steps, noteStep("tests notice the guard's value", "", "failed", reason)],
  };
}

async function prepareProof(ctx: RepairContext, progress: Progress): Promise<Prepared> {
  if (ctx.runs === null) {
    const reason = `No code of the project was run. ${ctx.noIsolation ?? ""} The project's setting allowUnisolatedProof does without isolation.`;
    return { test: { reason, steps: [] }, baseline: null, suite: null };
  }
  const own = await ownSuite(ctx);
  if (own !== null) {
    await progress(`Running the project's own tests (${own.language}) at the deployed commit.`);
    const ran = await runOwnTests(ctx, ctx.runs, own);
    if ("suite" in ran) return { test: { reason: "", steps: [] }, baseline: null, suite: null, own: ran };
    return { test: ran, baseline: null, suite: null };
  }
  await progress("Writing a test that fails at the deployed commit.");
  const suite = runSuite(ctx, ctx.runs);
  try {
    const test = await writeRegressionTest(ctx, ctx.runs);
    if ("reason" in test) return { test, baseline: null, suite: ctx.culprit === null ? await suite : null };
    await progress(test.explanation);
    const baseline = await measureBaseline(ctx, ctx.runs, test, suite);
    return { test, baseline, suite: null };
  } finally {
    // Nothing of the project runs on when this is over.
    await suite.catch(() => undefined);
  }
}

function noProposal(ctx: RepairContext): string {
  const revert = "reason" in ctx.revert ? `Undoing the change is not possible: ${ctx.revert.reason}` : "";
  return `No rule knows a patch for this failure. ${revert}`.trim();
}

/** A run without a patch, which says why there is none. */
export function emptyRun(repairCase: RepairCase, reason: string, isolation: string, durationMs: number): RepairRun {
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
