import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import {
  type FailingRequest,
  findFailingRequest,
  isPathOfChange,
} from "../../analysis/fixers/regression/find-failing-request.ts";
import { agreementOf } from "../../analysis/fixers/regression/literal.ts";
import {
  type Answer,
  replayProbeSource,
  replayTestSource,
  type Sending,
} from "../../analysis/fixers/regression/replay-source.ts";
import { type ServiceStart, serviceEntries, startsOnlyAsMain } from "../../analysis/fixers/regression/service-entry.ts";
import {
  loaderFlags,
  readTestStyle,
  relativeImport,
  type TestStyle,
} from "../../analysis/fixers/regression/test-style.ts";
import { filesOfPackage, insidePackage } from "./package-folder.ts";
import { begunStep, noteStep, type ProofStep } from "./proof-steps.ts";
import type { NoRegressionTest, RegressionTest } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import { runProbe } from "./run-probe.ts";
import type { TreeRuns } from "./tree-runs.ts";

const requestsMax = 4;
// State that a request leaves behind makes some fail only when they come again.
const timesMax = 3;
const entriesMax = 2;
const stepName = "replay the failing request";

interface Replay {
  readonly style: TestStyle;
  readonly start: ServiceStart;
  readonly request: FailingRequest;
  readonly sending: Sending;
}

/**
 * Makes a regression test from the request that failed: the service is started in the sandbox and asked again, at the
 * deployed commit (it must fail with 5xx) and without the blamed change (it must not). The answer without the change,
 * as far as it is the same each time, is what the test expects.
 */
export async function replayRequest(ctx: RepairContext, runs: TreeRuns): Promise<RegressionTest | NoRegressionTest> {
  const requests = distinct(ctx.repairCase.payloads.flatMap((payload) => findFailingRequest(payload) ?? []));
  if (requests.length === 0) return { reason: "No recorded request can be sent again.", steps: [] };
  const prefix = ctx.packageFolder === "" ? "" : `${ctx.packageFolder}/`;
  const own = filesOfPackage(ctx.packageFolder, ctx.files);
  const entries = serviceEntries(ctx.manifest, own)
    .slice(0, entriesMax)
    .map((path) => prefix + path);
  if (entries.length === 0) return { reason: "No file was found that starts the service.", steps: [] };
  const steps: ProofStep[] = [];
  let reason = "No recorded request fails again at the deployed commit.";
  for (const entry of entries) {
    const source = (await ctx.repository.readFile(ctx.base, entry)) ?? "";
    const style = readTestStyle(ctx.manifest, ctx.files, entry, source);
    const start: ServiceStart = startsOnlyAsMain(source)
      ? { by: "process", path: insidePackage(ctx.packageFolder, entry), flags: loaderFlags(ctx.manifest, entry) }
      : { by: "import", module: relativeImport(style.path, entry) };
    for (const request of requests.slice(0, requestsMax)) {
      const first: Replay = {
        style,
        start,
        request,
        sending: { times: timesMax, untilFailure: true },
      };
      const startedAt = performance.now();
      const words = `${request.method} ${request.target}`;
      await ctx.tell(begunStep(stepName, words));
      const failing = await answerAt(runs, first, ctx.base, []);
      const note = async (outcome: ProofStep["outcome"], log: string): Promise<void> => {
        const step = noteStep(stepName, words, outcome, log, performance.now() - startedAt);
        steps.push(step);
        await ctx.tell(step);
      };
      if ("reason" in failing) {
        if (entry === entries[0]) reason = failing.reason;
        await note("failed", failing.reason);
        break;
      }
      if (isGood(failing.answer)) {
        const isCut = lacksBody(request);
        if (isCut) reason = `${words} was recorded without its body and does not fail again. ${howToSendBodies}`;
        await note(
          "failed",
          `${words} answers ${failing.answer.status} at the deployed commit: it does not fail again${isCut ? " without the body, which was not recorded" : ""}.`,
        );
        continue;
      }
      const { times } = failing.answer;
      const replay: Replay = { ...first, sending: { times, untilFailure: false } };
      const expected = await expectedAnswer(ctx, runs, replay);
      if ("reason" in expected) {
        reason = expected.reason;
        await note("failed", reason);
        continue;
      }
      await note(
        "passed",
        `${words} answers ${failing.answer.status} at the deployed commit and ${expected.status} ${expected.origin}.`,
      );
      const title = `${words.slice(0, 120)} answers ${expected.status} (${ctx.repairCase.title.slice(0, 120)})`;
      return {
        path: style.path,
        source: replayTestSource(style, start, request, expected, times, title),
        style,
        explanation: `Sends ${words} to the service${times > 1 ? ` ${times} times` : ""} and expects the answer it gives ${expected.origin}.`,
        steps,
      };
    }
  }
  return { reason, steps };
}

const howToSendBodies =
  'Send the body with the error (@sentry/node: dataCollection: { httpBodies: ["incomingRequest"] }, in older ones sendDefaultPii: true; other senders: request.data; POST /api/ingest: context.body).';

/** A request that has a body as a rule, which nobody recorded. */
function lacksBody({ method, body }: FailingRequest): boolean {
  return body === null && /^(?:POST|PUT|PATCH)$/.test(method);
}

/** An answer that is no failure of the service: 0 is a crash, 5xx an error of its own. */
function isGood(answer: Answer): boolean {
  return answer.status > 0 && answer.status < 500;
}

/** Whether the blamed change brought the route of a request: then its absence says nothing of what is right. */
async function isNewRoute(ctx: RepairContext, request: FailingRequest): Promise<boolean> {
  if (ctx.culprit?.parent == null) return false;
  const files = parseDiff(ctx.culprit.diff).filter(({ newPath }) => !/\.(?:test|spec)\.|\.md$/.test(newPath ?? ""));
  const added = files.flatMap(({ hunks }) =>
    hunks.flatMap(({ lines }) => lines.flatMap(({ kind, text }) => (kind === "added" ? [text] : []))),
  );
  const before: string[] = [];
  for (const { oldPath } of files)
    if (oldPath !== null) before.push((await ctx.repository.readFile(ctx.culprit.parent, oldPath)) ?? "");
  return isPathOfChange(request.target, added, before);
}

interface Expectation {
  readonly status: number;
  readonly isJson: boolean;
  readonly claim: ReturnType<typeof agreementOf>;
  readonly origin: string;
}

function good(outcome: Awaited<ReturnType<typeof answerAt>>): Answer[] {
  return "answer" in outcome && isGood(outcome.answer) ? [outcome.answer] : [];
}

/** What the service answers without the blamed change: before it, and at the deployed commit with it undone. */
async function expectedAnswer(
  ctx: RepairContext,
  runs: TreeRuns,
  replay: Replay,
): Promise<Expectation | { readonly reason: string }> {
  const { culprit, revert } = ctx;
  if (culprit === null) return { reason: "No commit is blamed, so nothing says what the right answer would be." };
  const parent = culprit.parent;
  if (await isNewRoute(ctx, replay.request))
    return {
      reason: `${culprit.sha.slice(0, 10)} brought this route, so nothing before it says what the right answer would be.`,
    };
  const askBefore = async (): Promise<Answer[]> =>
    parent === null ? [] : good(await answerAt(runs, replay, parent, []));
  const askWithout = async (): Promise<Answer[]> =>
    "diff" in revert ? good(await answerAt(runs, replay, ctx.base, [revert.diff])) : [];
  const [beforeAnswers, withoutAnswers] = await Promise.all([askBefore(), askWithout()]);

  const [first, second] = [beforeAnswers[0], withoutAnswers[0]];
  if (first !== undefined && second !== undefined && first.status === second.status) {
    return expectation(
      [...beforeAnswers, ...withoutAnswers],
      `both before ${culprit.sha.slice(0, 10)} and with it undone`,
    );
  }
  if (second !== undefined)
    return expectation([second, ...(await askWithout())], `with ${culprit.sha.slice(0, 10)} undone`);
  if (first !== undefined) return expectation([first, ...(await askBefore())], `before ${culprit.sha.slice(0, 10)}`);
  if (lacksBody(replay.request))
    return {
      reason: `${replay.request.method} ${replay.request.target} was recorded without its body; so sent it fails without ${culprit.sha.slice(0, 10)} as well, which says nothing. ${howToSendBodies}`,
    };
  return {
    reason: `The request fails without ${culprit.sha.slice(0, 10)} as well, so nothing says what the right answer would be.`,
  };
}

function expectation(answers: readonly Answer[], origin: string): Expectation | { readonly reason: string } {
  const [first] = answers;
  if (first === undefined) return { reason: "The service gave no answer." };
  if (answers.some((answer) => answer.status !== first.status))
    return { reason: "The service answers differently each time." };
  return {
    status: first.status,
    isJson: first.isJson,
    claim: agreementOf(answers.map((answer) => answer.body)),
    origin,
  };
}

async function answerAt(
  runs: TreeRuns,
  { style, start, request, sending }: Replay,
  commit: string,
  diffs: readonly string[],
): Promise<{ readonly answer: Answer } | { readonly reason: string }> {
  const source = replayProbeSource(style, start, request, sending);
  const probed = await runProbe(runs, { commit, diffs }, { style, source });
  if ("reason" in probed) return { reason: `The service could not be asked in the sandbox. ${probed.reason}` };
  const answer = readAnswer(probed.written);
  return answer === null ? { reason: "The service gave no readable answer in the sandbox." } : { answer };
}

function readAnswer(written: unknown): Answer | null {
  const value = written as Partial<Answer> | null;
  if (typeof value?.status !== "number" || typeof value.isJson !== "boolean" || typeof value.body !== "object")
    return null;
  const times = typeof value.times === "number" ? value.times : 1;
  return {
    status: value.status,
    isJson: value.isJson,
    body: value.body,
    times: Math.min(timesMax, Math.max(1, Math.trunc(times))),
  };
}

function distinct(requests: readonly FailingRequest[]): FailingRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}
