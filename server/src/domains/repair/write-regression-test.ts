import { formatTest } from "./format-patch.ts";
import type { NoRegressionTest, RegressionTest } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import { replayRequest } from "./replay-request.ts";
import { searchInputs } from "./search-inputs.ts";
import type { TreeRuns } from "./tree-runs.ts";

/**
 * A test that fails at the deployed commit because of this incident, by the surest way that works here; or why no
 * honest test can be made.
 */
export async function writeRegressionTest(
  ctx: RepairContext,
  runs: TreeRuns,
): Promise<RegressionTest | NoRegressionTest> {
  if (ctx.culprit === null) {
    return {
      reason: "No commit is blamed with enough certainty, so nothing says what the right result would be.",
      steps: [],
    };
  }
  const replayed = await replayRequest(ctx, runs);
  if (!("reason" in replayed)) return formatTest(ctx, runs, replayed);
  const searched = await searchInputs(ctx, runs);
  const steps = [...replayed.steps, ...searched.steps];
  if ("reason" in searched) {
    const told = sentence(replayed.reason);
    return { reason: told === sentence(searched.reason) ? told : `${told} ${searched.reason}`, steps };
  }
  return formatTest(ctx, runs, { ...searched, steps });
}

/** What broke off says why in its own words, often without a full stop. */
function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
