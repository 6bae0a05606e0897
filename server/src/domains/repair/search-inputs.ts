import { reorderedFunctions } from "../../analysis/fixers/follow-parameters.ts";
import {
  type CallOutcome,
  callProbeSource,
  type FailingInput,
  type ProbedFunction,
  searchProbeSource,
} from "../../analysis/fixers/regression/function-probe-source.ts";
import { type Expected, functionTestSource } from "../../analysis/fixers/regression/function-test-source.ts";
import { agreementOf, type Recorded } from "../../analysis/fixers/regression/literal.ts";
import { readTestStyle, relativeImport, type TestStyle } from "../../analysis/fixers/regression/test-style.ts";
import { hintsIn, valuesInPayload } from "../../analysis/fixers/regression/values-in-payload.ts";
import { begunStep, noteStep, type ProofStep } from "./proof-steps.ts";
import { functionsOnStack, keyOf, recordInputs, type StackFunction } from "./recorded-inputs.ts";
import type { NoRegressionTest, RegressionTest } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import { runProbe } from "./run-probe.ts";
import type { TreeRuns } from "./tree-runs.ts";

// What the engine throws by itself is never what a caller was meant to get.
const accidents = new Set(["TypeError", "ReferenceError", "SyntaxError", "RangeError"]);

/**
 * Makes a regression test that calls a function of the failing stack: real inputs come from the project's tests and the
 * error's payload, and are varied one value at a time until the same error happens at the deployed commit. What the
 * function gives for that input without the blamed change is what the test expects.
 */
export async function searchInputs(ctx: RepairContext, runs: TreeRuns): Promise<RegressionTest | NoRegressionTest> {
  const reordered = reorderedFunctions(ctx.culprit?.diff ?? "");
  const onStack = await functionsOnStack(ctx);
  const isReordered = ({ exported }: StackFunction): boolean => reordered.has(exported.exportName);
  // What is called in a new way on purpose is asked last: a test of the old way would refuse to follow.
  const functions = [...onStack.filter((one) => !isReordered(one)), ...onStack.filter(isReordered)];
  const [innermost] = functions;
  if (innermost === undefined)
    return { reason: "No function on the failing stack is exported, so no test can call it.", steps: [] };
  const startedAt = performance.now();
  const style = readTestStyle(ctx.manifest, ctx.files, innermost.path, innermost.source);
  const recorded = await recordInputs(ctx, runs, style, functions);
  if ("reason" in recorded) return recorded;
  const fromPayload = ctx.repairCase.payloads.flatMap(valuesInPayload).slice(0, 20);
  const steps: ProofStep[] = [];
  let reason: string | null = null;
  for (const stackFunction of functions) {
    const { path, source, exported } = stackFunction;
    const inputs = [
      ...(recorded.inputs.get(keyOf(path, exported.exportName)) ?? []),
      ...fromPayload.map((value) => [value]),
    ];
    if (inputs.length === 0) continue;
    const own = readTestStyle(ctx.manifest, ctx.files, path, source);
    const target = { exportName: exported.exportName, module: relativeImport(own.path, path) };
    const [name, command] = ["search for a failing input", `${exported.exportName}() of ${path}`];
    await ctx.tell(begunStep(name, command));
    const outcome = await testFor(ctx, runs, own, target, stackFunction, inputs);
    const log = "reason" in outcome ? outcome.reason : outcome.explanation;
    const isFound = !("reason" in outcome);
    const step = noteStep(name, command, isFound ? "passed" : "failed", log, performance.now() - startedAt);
    steps.push(step);
    await ctx.tell(step);
    if (isFound) return { ...outcome, steps };
    // The innermost function says most.
    reason ??= outcome.reason;
  }
  return { reason: reason ?? "No input of a function on the failing stack is known.", steps };
}

async function testFor(
  ctx: RepairContext,
  runs: TreeRuns,
  style: TestStyle,
  target: ProbedFunction,
  { exported, path }: StackFunction,
  inputs: readonly (readonly Recorded[])[],
): Promise<Omit<RegressionTest, "steps"> | { readonly reason: string }> {
  const { errorType, errorMessage, title } = ctx.repairCase;
  const failure = { name: errorType, message: errorMessage, functionName: exported.exportName };
  const searched = await runProbe(
    runs,
    { commit: ctx.base, diffs: [] },
    {
      style,
      source: searchProbeSource(style, target, inputs, failure, hintsIn(errorMessage, ctx.repairCase.payloads)),
    },
  );
  if ("reason" in searched) return searched;
  const failing = (searched.written as readonly FailingInput[]).filter((input) => Array.isArray(input.args));
  if (failing.length === 0) {
    return {
      reason: `None of ${inputs.length} known inputs of ${target.exportName}(), nor one with a single value changed, fails like this.`,
    };
  }
  const args = failing.map((input) => input.args);
  const good = await outcomesWithoutCulprit(ctx, runs, style, target, args, errorMessage);
  for (const [at, input] of failing.entries()) {
    const expected = expectedAt(good, at, errorMessage);
    if (expected === null) continue;
    const name = `${target.exportName === "default" ? path : target.exportName} ${expected.kind === "value" ? "gives its result" : "refuses the input"} (${title.slice(0, 120)})`;
    const source = functionTestSource(style, target, input.args, expected, name);
    if (source === null) continue;
    const origin =
      input.changes === 0
        ? "an input that a test or the error's payload holds"
        : "an input of the project's tests with one value changed";
    return {
      path: style.path,
      source,
      style,
      explanation: `Calls ${target.exportName}() of ${path} with ${origin}, which fails as in production, and expects what it gives without ${ctx.culprit?.sha.slice(0, 10)}.`,
    };
  }
  return {
    reason: `${target.exportName}() gives nothing that could be asserted for the failing inputs without the blamed change.`,
  };
}

interface WithoutCulprit {
  /** Before the change. */
  readonly before: readonly CallOutcome[];
  /** At the deployed commit with the change undone. */
  readonly undone: readonly (readonly CallOutcome[])[];
  /** Whether it was asked again, so that what differs each time by itself is told without what was before. */
  readonly isTwice: boolean;
}

/** What the calls give without the blamed change; empty lists for what did not run. */
async function outcomesWithoutCulprit(
  ctx: RepairContext,
  runs: TreeRuns,
  style: TestStyle,
  target: ProbedFunction,
  args: readonly (readonly Recorded[])[],
  failure: string,
): Promise<WithoutCulprit> {
  const source = callProbeSource(style, target, args);
  const ask = async (commit: string, diffs: readonly string[]): Promise<readonly CallOutcome[]> => {
    const probe = await runProbe(runs, { commit, diffs }, { style, source });
    return "written" in probe && Array.isArray(probe.written) ? (probe.written as readonly CallOutcome[]) : [];
  };
  const { culprit, revert } = ctx;
  const [before, ...undone] = await Promise.all([
    culprit?.parent == null ? [] : ask(culprit.parent, []),
    ...("diff" in revert ? [ask(ctx.base, [revert.diff])] : []),
  ]);
  // Two that agree tell what differs each time by itself; where they don't, or there is one alone, it is asked again.
  const agrees =
    undone.length > 0 && args.some((_, at) => expectedAt({ before, undone, isTwice: false }, at, failure) !== null);
  if (agrees) return { before, undone, isTwice: false };
  if ("diff" in revert) undone.push(await ask(ctx.base, [revert.diff]));
  else if (culprit?.parent != null) undone.push(await ask(culprit.parent, []));
  return { before, undone, isTwice: true };
}

/**
 * What both agree on, else what comes out with the change undone, because innocent changes came after it. Accidents of the
 * engine are no expectation.
 */
function expectedAt(outcomes: WithoutCulprit, at: number, failure: string): Expected | null {
  const undone = outcomes.undone.flatMap((list) => list[at] ?? []);
  const before = outcomes.before[at];
  const all = before === undefined ? undone : [before, ...undone];
  if (all.length < 2) return null;
  return expectationOf(all, failure) ?? (outcomes.isTwice ? expectationOf(undone, failure) : null);
}

function expectationOf(known: readonly CallOutcome[], failure: string): Expected | null {
  const values = known.flatMap((outcome) => (outcome.kind === "value" ? [outcome.value] : []));
  if (values.length > 0 && values.length < known.length) return null;
  if (values.length > 0) {
    const claim = agreementOf(values);
    // That nothing came back is no more than that nothing was thrown.
    const isEmpty = claim !== null && "whole" in claim && claim.whole.t === "undefined";
    return claim === null || isEmpty ? null : { kind: "value", claim };
  }
  const [error] = known;
  if (error?.kind !== "error" || error.message === failure || accidents.has(error.name)) return null;
  const isSame = known.every(
    (other) => other.kind === "error" && other.name === error.name && other.message === error.message,
  );
  return isSame ? { kind: "error", name: error.name, message: error.message } : null;
}
