import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import { worsened } from "../../analysis/fixers/compare-suites.ts";
import { suiteReportOf, type TestReport } from "../../analysis/test-reports/test-report.ts";
import { type LanguageSuite, languageSuite } from "./language-suite.ts";
import { filesOfPackage } from "./package-folder.ts";
import { begunStep, describeEnd, type ProofStep, stepOf } from "./proof-steps.ts";
import type { Proof } from "./prove-patch.ts";
import type { RepairContext } from "./repair-context.ts";
import type { SandboxResult } from "./sandbox-port.ts";
import type { PreparedTree, TreeRuns } from "./tree-runs.ts";

/** The project's own tests without a patch, where no regression test can be written for its language. */
export interface OwnTests {
  readonly suite: LanguageSuite;
  /** What the commit is called that they ran on. */
  readonly place: string;
  readonly report: TestReport;
  readonly exitCode: number | null;
  /** Tests that fail as the incident does. */
  readonly reproducing: readonly string[];
  /** Why nothing is reproduced; null where something is. */
  readonly reason: string | null;
  readonly steps: readonly ProofStep[];
}

const suiteMs = 300_000;
const namedMax = 5;
const messageCharactersMin = 8;
const notFoundExit = 127;

/** The tests of the project by its language, or null where regression tests can be written for it. */
export function ownSuite(ctx: RepairContext): Promise<LanguageSuite | null> {
  const prefix = ctx.packageFolder === "" ? "" : `${ctx.packageFolder}/`;
  return languageSuite({
    files: new Set(filesOfPackage(ctx.packageFolder, ctx.files)),
    read: (path) => ctx.repository.readFile(ctx.base, prefix + path),
  });
}

/**
 * Runs the project's own tests on a commit and looks among those that fail for the incident's failure: in what the runner says
 * of one stands the place in the code where the incident failed.
 */
export async function runOwnTests(
  ctx: RepairContext,
  runs: TreeRuns,
  suite: LanguageSuite,
  place = "the deployed commit",
): Promise<OwnTests | { readonly reason: string; readonly steps: readonly ProofStep[] }> {
  const tree = await runs.prepare(ctx.base, []);
  if ("reason" in tree) return tree;
  const name = "project's own test fails before the patch";
  const result = await runNamed(ctx, runs, tree.tree, suite, name);
  const report = suite.read(result);
  const reproducing = report.failing.filter(({ text }) => tellsOf(ctx, text)).map((test) => test.name);
  const step = stepFor(suite, name, result, reproducing.length > 0);
  await ctx.tell(step);
  const steps = [...tree.steps, step];
  if (result.end !== "exited")
    return { reason: `The project's own tests do not come to an end: ${describeEnd(result)}.`, steps };
  if (result.exitCode === notFoundExit)
    return {
      reason: `There is no program for the sandbox to run \`${suite.words}\` with. Install it below /usr.`,
      steps,
    };
  return {
    suite,
    place,
    report,
    exitCode: result.exitCode,
    reproducing,
    reason: reproducing.length > 0 ? null : notReproduced(ctx, { suite, place, report }, result),
    steps,
  };
}

/**
 * Proves a patch by a test of the project's own that fails as the incident does: it passes with the patch, and no other test is worse. The
 * patch may not have touched tests. Where nothing is reproduced the patch is red if a test is worse with it, and never green.
 */
export async function proveByOwnTests(
  ctx: RepairContext,
  runs: TreeRuns,
  own: OwnTests,
  patch: string,
): Promise<Proof> {
  const { suite } = own;
  const tree = await runs.prepare(ctx.base, [patch]);
  if ("reason" in tree)
    return {
      outcome: tree.isPatchAtFault ? "red" : "not_run",
      reason: tree.reason,
      steps: [...own.steps, ...tree.steps],
    };
  const name = "project's tests with the patch";
  const result = await runNamed(ctx, runs, tree.tree, suite, name);
  const report = suite.read(result);
  const worse =
    result.end === "exited"
      ? worsened(suiteReportOf(own.exitCode, own.report), suiteReportOf(result.exitCode, report))
      : `The project's tests do not come to an end with the patch: ${describeEnd(result)}.`;
  const passing = new Set(report.passing);
  const left = own.reproducing.filter((test) => !passing.has(test));
  const step = stepFor(suite, name, result, worse === null && left.length === 0);
  await ctx.tell(step);
  const steps = [...own.steps, step];
  if (worse !== null) return { outcome: "red", reason: worse, steps };
  if (own.reason !== null)
    return { outcome: "not_run", reason: `${own.reason} They are no worse with the patch.`, steps };
  const tests = parseDiff(patch).flatMap(({ oldPath, newPath, hunks }) => {
    const path = newPath ?? oldPath ?? "";
    const changed = hunks.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== "context"));
    return isTest(path) || (path.endsWith(".rs") && changed.some(({ text }) => inlineTest.test(text))) ? [path] : [];
  });
  if (tests.length > 0) {
    const reason = `The patch changes ${tests[0]}, and with it the tests that it would be proven by.`;
    return { outcome: "not_run", reason, steps };
  }
  if (left.length > 0) return { outcome: "red", reason: `With the patch ${namesOf(left)} does not pass.`, steps };
  const others = result.exitCode === 0 ? "all the others pass" : "the others are no worse";
  const reason = `The project's own test ${namesOf(own.reproducing)} fails on ${own.place} as the incident does and passes with the patch; ${others}.`;
  return { outcome: "green", reason, steps };
}

async function runNamed(
  ctx: RepairContext,
  runs: TreeRuns,
  tree: PreparedTree,
  suite: LanguageSuite,
  name: string,
): Promise<SandboxResult> {
  await ctx.tell(begunStep(name, suite.words));
  return runs.run(tree, ["sh", "-c", suite.command], ctx.deps.suiteTimeoutMs ?? suiteMs);
}

function stepFor(suite: LanguageSuite, name: string, result: SandboxResult, isAsWished: boolean): ProofStep {
  return stepOf(name, suite.words, { ...result, log: suite.log(result) }, isAsWished);
}

/** Whether a failing test failed where the incident did; by its message where no frame of the incident lies in the repository. */
function tellsOf(ctx: RepairContext, text: string): boolean {
  const [frame] = ctx.frames;
  const message = ctx.repairCase.errorMessage.split("\n")[0]?.trim() ?? "";
  if (frame === undefined) return message.length >= messageCharactersMin && text.includes(message);
  const name = frame.path.split("/").at(-1) ?? frame.path;
  // Python's own traceback says it in words.
  return new RegExp(`(?:^|[\\s/\\\\("'])${escaped(name)}(?::|", line )${frame.line}(?!\\d)`).test(text);
}

function notReproduced(
  ctx: RepairContext,
  { suite, place, report }: Pick<OwnTests, "suite" | "place" | "report">,
  result: SandboxResult,
): string {
  const why = `regression tests are written for JavaScript and TypeScript alone, not for ${suite.language}.`;
  if (result.exitCode === 0) return `Not reproduced: the project's own tests pass on ${place}, and ${why}`;
  if (report.failing.length === 0)
    return `Not reproduced: the project's own tests did not run on ${place} (${describeEnd(result)}), and ${why}`;
  const [frame] = ctx.frames;
  const wanted = frame === undefined ? "with the incident's message" : `at ${frame.path}:${frame.line}`;
  return `Not reproduced: of the project's own tests ${report.failing.length} fail on ${place}, none of them ${wanted}, and ${why}`;
}

const inlineTest = /#\[(?:\w+::)?test\b|#\[cfg\(test\)\]|\bassert(?:_\w+)?!/;

function isTest(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|spec|__tests__|testdata|fixtures)\//i.test(path) ||
    /(?:^|\/)(?:test_[^/]*|conftest)\.py$|[^/]_(?:test|spec)\.\w+$|(?:Tests?|TestCase|IT)\.(?:java|kt|php|scala)$/.test(
      path,
    )
  );
}

function namesOf(tests: readonly string[]): string {
  const names = tests.slice(0, namedMax).map((name) => name.slice(0, 200));
  return names.join("; ") + (tests.length > namedMax ? `; ${tests.length - namedMax} more` : "");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
