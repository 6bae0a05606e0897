import { readTestStyle } from "../../../analysis/fixers/regression/test-style.ts";
import { loadRepairCase } from "../load-repair-case.ts";
import { openRepairCase } from "../open-repair-case.ts";
import { ownSuite, proveByOwnTests, runOwnTests } from "../prove-by-own-tests.ts";
import { measureBaseline, type Proof, provePatch, runSuite } from "../prove-patch.ts";
import type { RepairContext } from "../repair-context.ts";
import type { Checkout } from "./checkout-port.ts";
import type { ProvenCase } from "./concluded.ts";

/** How a patch fares on the newest commit of the base branch. */
export interface BaseProof extends Pick<Proof, "outcome" | "reason" | "steps"> {
  readonly commit: string;
}

/**
 * Proves a patch, which was proven on what is deployed, on the commit of the base branch that it is carried to: the regression test fails
 * there without it and passes with it, the project's tests, compiler and linters are no worse than they are there. `patched` is the tree of
 * that commit with the patch alone, `whole` with the regression test too. What can't be run is `not_run` with its reason; it never throws for
 * what a repository holds.
 */
export async function proveOnBase(
  { deps, proposal, run, step }: ProvenCase,
  checkout: Checkout,
  at: { readonly tip: string; readonly branch: string; readonly patched: string; readonly whole: string },
): Promise<BaseProof> {
  const { tip, branch } = at;
  const place = `${branch} at ${tip.slice(0, 12)}`;
  step.progress(`Proving the patch again on ${place}.`);
  const [patch, source] = await Promise.all([
    checkout.diffBetween(tip, at.patched),
    run.testPath === null ? null : checkout.readFile(at.whole, run.testPath),
  ]);
  const notRun = (reason: string): BaseProof => ({ commit: tip, outcome: "not_run", reason, steps: [] });
  if (run.testPath !== null && source === null) return notRun("No regression test is kept with the patch.");
  const known = await loadRepairCase(deps.database.db, proposal.incidentId);
  const repairCase = { ...known, baseCommit: tip, culpritCommit: null, repositoryIds: ["base"] };
  const opened = await openRepairCase({ ...deps, openRepository: () => checkout.openRepository() }, repairCase);
  if ("reason" in opened) return notRun(opened.reason);
  try {
    const proof =
      run.testPath === null || source === null
        ? proveByOwn(opened.ctx, patch, place)
        : prove(opened.ctx, { path: run.testPath, source, patch, place });
    return { commit: tip, ...(await proof) };
  } catch (error) {
    return notRun(`The proof broke off: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await opened.ctx.repository.close();
  }
}

/** Where no regression test can be written the project's own test that failed is what proves, here as there. */
async function proveByOwn(ctx: RepairContext, patch: string, place: string): Promise<Proof> {
  if (ctx.runs === null) return notIsolated;
  const suite = await ownSuite(ctx);
  if (suite === null) return { outcome: "not_run", reason: "No regression test is kept with the patch.", steps: [] };
  const own = await runOwnTests(ctx, ctx.runs, suite, place);
  return "suite" in own ? proveByOwnTests(ctx, ctx.runs, own, patch) : { outcome: "not_run", ...own };
}

const notIsolated: Proof = { outcome: "not_run", reason: "Nothing isolates the run.", steps: [] };

async function prove(
  ctx: RepairContext,
  given: { readonly path: string; readonly source: string; readonly patch: string; readonly place: string },
): Promise<Proof> {
  const { path, source, patch, place } = given;
  if (ctx.runs === null) return notIsolated;
  const style = readTestStyle(ctx.manifest, ctx.files, path, source);
  const test = { path, source, style, explanation: "", steps: [] };
  const suite = runSuite(ctx, ctx.runs);
  try {
    const baseline = await measureBaseline(ctx, ctx.runs, test, suite, place);
    if ("outcome" in baseline) return baseline;
    const wasRed = baseline.suite !== null && baseline.suite.report.exitCode !== 0;
    const proof = await provePatch(ctx, ctx.runs, test, baseline, patch);
    return {
      ...proof,
      reason: wasRed ? `${proof.reason} The project's tests fail on ${place} without the patch already.` : proof.reason,
      steps: [...baseline.steps, ...proof.steps],
    };
  } finally {
    // Nothing of the project runs on when this is over.
    await suite.catch(() => undefined);
  }
}
