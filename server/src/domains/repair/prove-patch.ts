import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import {
  describeSuites,
  newlyFailing,
  readSuiteReport,
  type SuiteReport,
  worsened,
} from "../../analysis/fixers/compare-suites.ts";
import { readTestStyle } from "../../analysis/fixers/regression/test-style.ts";
import { removedTests } from "../../analysis/fixers/removed-tests.ts";
import { filesOfPackage } from "./package-folder.ts";
import { checkersOf, type ProjectCheck, runTools } from "./project-tools.ts";
import { begunStep, boundedLog, describeEnd, noteStep, type ProofStep, stepOf } from "./proof-steps.ts";
import { type RegressionTest, testCommand } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import type { SandboxResult } from "./sandbox-port.ts";
import type { PreparedTree, TreeRuns } from "./tree-runs.ts";

export interface Proof {
  readonly outcome: "green" | "red" | "not_run";
  readonly reason: string;
  readonly steps: readonly ProofStep[];
  /** Where the project's tests are worse with the patch, those that fail only with it; empty where the runner names none. */
  readonly failing?: readonly string[];
}

/** How the deployed commit behaves: the same for every patch that is tried on it. */
export interface Baseline {
  readonly suite: { readonly report: SuiteReport; readonly isUsable: boolean } | null;
  readonly testDiff: string;
  readonly steps: readonly ProofStep[];
}

const suiteMs = 180_000;

/** The project's own tests at the deployed commit: what a patch is compared with. */
export interface SuiteRun {
  readonly tree: Awaited<ReturnType<TreeRuns["prepare"]>>;
  /** Null where the project names no tests, or its tree could not be prepared. */
  readonly ran: StepRun | null;
}

interface StepRun {
  readonly result: SandboxResult;
  readonly step: ProofStep;
}

/** Runs the project's own tests without a patch. It needs no regression test, so it runs while one is being written. */
export async function runSuite(ctx: RepairContext, runs: TreeRuns): Promise<SuiteRun> {
  const { suite: command } = readTestStyle(ctx.manifest, ctx.files, "", "");
  const tree = await runs.prepare(ctx.base, []);
  if (command === null || "reason" in tree) return { tree, ran: null };
  const run = { name: "project's tests before the patch", command: ["sh", "-c", command], words: command };
  const timeoutMs = ctx.deps.suiteTimeoutMs ?? suiteMs;
  return { tree, ran: await runStep(ctx, runs, tree.tree, { ...run, timeoutMs }, ({ exitCode }) => exitCode === 0) };
}

/** Runs a command as a step, told of as it begins and as it ends. */
async function runStep(
  ctx: RepairContext,
  runs: TreeRuns,
  tree: PreparedTree,
  run: {
    readonly name: string;
    readonly command: readonly string[];
    /** The command as people would type it, where that is shorter. */
    readonly words?: string;
    readonly timeoutMs?: number;
  },
  isAsWished: (result: SandboxResult) => boolean,
): Promise<StepRun> {
  const words = run.words ?? run.command.join(" ");
  await ctx.tell(begunStep(run.name, words));
  const result = await runs.run(tree, run.command, run.timeoutMs);
  const step = stepOf(run.name, words, result, isAsWished(result));
  await ctx.tell(step);
  return { result, step };
}

/**
 * Runs the regression test on the commit that a patch is for, where it has to fail, and takes what the project's own tests said there
 * to compare with. Answers a proof that was not run where the test does not fail.
 * @param place what that commit is called: the deployed one, unless another is said
 */
export async function measureBaseline(
  ctx: RepairContext,
  runs: TreeRuns,
  test: RegressionTest,
  suite: Promise<SuiteRun>,
  place = "the deployed commit",
): Promise<Baseline | Proof> {
  const testDiff = await ctx.repository.diffOfEdits(ctx.base, [{ path: test.path, text: test.source }]);
  const withTest = await runs.prepare(ctx.base, [], [{ path: test.path, text: test.source }]);
  if ("reason" in withTest) return notRun(withTest.reason, withTest.steps);
  const command = testCommand(test.style, test.path);
  const fails = ({ end, exitCode }: SandboxResult): boolean => end === "exited" && exitCode !== 0;
  const name = "regression test fails before the patch";
  const { result: failing, step } = await runStep(ctx, runs, withTest.tree, { name, command }, fails);
  const plain = await suite;
  if ("reason" in plain.tree) return notRun(plain.tree.reason, plain.tree.steps);
  const steps = [...plain.tree.steps, step];
  if (!fails(failing)) {
    const why = failing.end === "exited" ? "it passes there" : describeEnd(failing);
    return notRun(`The regression test does not fail on ${place} without the patch: ${why}.`, steps);
  }
  if (plain.ran === null) {
    return {
      suite: null,
      testDiff,
      steps: [...steps, noteStep("project's tests before the patch", "", "skipped", "The project names no tests.")],
    };
  }
  const { result } = plain.ran;
  const report = readSuiteReport(result.exitCode, result.log);
  return { suite: { report, isUsable: result.end === "exited" }, testDiff, steps: [...steps, plain.ran.step] };
}

/**
 * Proves one patch: the regression test passes with it, the project's tests are no worse, and what the project's own compiler and
 * linters say of the changed files is no worse either.
 */
export async function provePatch(
  ctx: RepairContext,
  runs: TreeRuns,
  test: RegressionTest,
  baseline: Baseline,
  patch: string,
): Promise<Proof> {
  const prepared = await runs.prepare(ctx.base, [patch], [{ path: test.path, text: test.source }]);
  if ("reason" in prepared) {
    return prepared.isPatchAtFault
      ? { outcome: "red", reason: prepared.reason, steps: prepared.steps }
      : notRun(prepared.reason, prepared.steps);
  }
  const command = testCommand(test.style, test.path);
  // A suite that does not come to an end without the patch says nothing with it.
  const isEndless = baseline.suite?.isUsable === false;
  const name = "regression test passes with the patch";
  const [passing, suite] = await Promise.all([
    runStep(ctx, runs, prepared.tree, { name, command }, ({ exitCode }) => exitCode === 0),
    test.style.suite === null || isEndless
      ? null
      : runSuiteWith(ctx, runs, prepared.tree, test.style.suite, baseline.suite?.report ?? null),
  ]);
  const steps = [...prepared.steps, passing.step];
  if (passing.result.exitCode !== 0)
    return {
      outcome: "red",
      reason: `The regression test fails with the patch as well: ${describeFailure(passing.result)}.`,
      steps,
    };
  let reason = "The regression test fails before and passes with the patch. The project has no tests of its own.";
  if (baseline.suite !== null) {
    if (suite === null)
      return notRun(
        "The project's own tests do not come to an end in the sandbox, so nobody knows whether the patch breaks one.",
        steps,
      );
    const report = readSuiteReport(suite.result.exitCode, suite.result.log);
    const worse = worsened(baseline.suite.report, report);
    steps.push(suite.step);
    if (worse !== null)
      return { outcome: "red", reason: worse, steps, failing: newlyFailing(baseline.suite.report, report) };
    const removed = removedTests(patch).map((test) => test.name);
    reason = `The regression test fails before and passes with the patch; ${describeSuites(baseline.suite.report, report, removed)}.`;
  }
  const checked = await checkTools(ctx, runs, prepared.tree, patch);
  steps.push(...checked.steps);
  if (checked.worse !== null) return { outcome: "red", reason: checked.worse, steps };
  return { outcome: "green", reason, steps };
}

/** The project's own tests with a patch: as wished where they are no worse than before. */
function runSuiteWith(
  ctx: RepairContext,
  runs: TreeRuns,
  tree: PreparedTree,
  words: string,
  before: SuiteReport | null,
): Promise<StepRun> {
  const run = { name: "project's tests with the patch", command: ["sh", "-c", words], words };
  const timeoutMs = ctx.deps.suiteTimeoutMs ?? suiteMs;
  return runStep(
    ctx,
    runs,
    tree,
    { ...run, timeoutMs },
    ({ exitCode, log }) => before === null || worsened(before, readSuiteReport(exitCode, log)) === null,
  );
}

/**
 * Tries a patch for which no test can be written, because nobody is blamed: it is red where the project's tests, compiler or linters are
 * worse with it, and never green, because nothing says what the right result would be.
 */
export async function tryWithoutTest(
  ctx: RepairContext,
  runs: TreeRuns,
  before: SuiteRun,
  why: string,
  patch: string,
): Promise<Proof> {
  const prepared = await runs.prepare(ctx.base, [patch]);
  if ("reason" in prepared)
    return prepared.isPatchAtFault
      ? { outcome: "red", reason: prepared.reason, steps: prepared.steps }
      : notRun(prepared.reason, prepared.steps);
  const steps = [...prepared.steps];
  const { ran } = before;
  if (ran?.result.end === "exited") {
    const report = readSuiteReport(ran.result.exitCode, ran.result.log);
    const suite = await runSuiteWith(ctx, runs, prepared.tree, ran.step.command, report);
    const worse = worsened(report, readSuiteReport(suite.result.exitCode, suite.result.log));
    steps.push(ran.step, suite.step);
    if (worse !== null) return { outcome: "red", reason: worse, steps };
  }
  const checked = await checkTools(ctx, runs, prepared.tree, patch);
  steps.push(...checked.steps);
  if (checked.worse !== null) return { outcome: "red", reason: checked.worse, steps };
  const tried = steps.some(({ name }) => name.endsWith("with the patch"));
  return notRun(tried ? `${why} The project's own tests and checks are no worse with the patch.` : why, steps);
}

/** The project's own compiler and linters on what the patch changed; what was wrong before is not held against it. */
async function checkTools(
  ctx: RepairContext,
  runs: TreeRuns,
  tree: PreparedTree,
  patch: string,
): Promise<{ readonly worse: string | null; readonly steps: readonly ProofStep[] }> {
  const paths = parseDiff(patch).flatMap(({ newPath }) => newPath ?? []);
  const tools = checkersOf(ctx.manifest, filesOfPackage(ctx.packageFolder, ctx.files), paths);
  const prepareBase = async () => {
    const made = await runs.prepare(ctx.base, []);
    return "reason" in made ? made : made.tree;
  };
  let base: ReturnType<typeof prepareBase> | undefined;
  const steps: ProofStep[] = [];
  const checks: ProjectCheck[] = [];
  for (const tool of tools) {
    const name = tool.kind === "types" ? "type check no worse with the patch" : "lint no worse with the patch";
    const command = tool.command.join(" ");
    await ctx.tell(begunStep(name, command));
    const ran = await runTools(runs, [tool], tree, () => (base ??= prepareBase()));
    const [check] = ran.checks;
    const step: ProofStep =
      check === undefined ? noteStep(name, command, "skipped", ran.reason ?? "") : stepOfCheck(name, check);
    steps.push(step);
    if (check !== undefined) checks.push(check);
    await ctx.tell(step);
  }
  const [worse] = checks.flatMap(({ kind, errors: [first] }) =>
    first === undefined ? [] : [`The ${kind === "types" ? "type check" : "lint"} is worse with the patch: ${first}`],
  );
  return { worse: worse ?? null, steps };
}

function stepOfCheck(name: string, check: ProjectCheck): ProofStep {
  const { command, exitCode: exit_code, durationMs: duration_ms } = check;
  const outcome = check.errors.length > 0 ? "failed" : "passed";
  const log = boundedLog([...check.errors, ...check.warnings, check.log].join("\n"));
  return { name, command, exit_code, duration_ms, outcome, log };
}

function notRun(reason: string, steps: readonly ProofStep[]): Proof {
  return { outcome: "not_run", reason, steps };
}

function describeFailure(result: SandboxResult): string {
  if (result.end !== "exited") return describeEnd(result);
  const lines = result.log.split("\n").map((text) => text.trim());
  const at = lines.findIndex((text) => /^(?:\w*Error\b|Expected\b)/.test(text));
  if (at < 0) return `exit code ${result.exitCode}`;
  return [lines[at], ...lines.slice(at + 1, at + 4)].filter(Boolean).join(" ").slice(0, 300);
}
