import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCulprit } from "../../../examples/shop/src/demo/culprit-process.ts";
import type { Bug } from "./corpus/bug.ts";
import { loadBugs } from "./corpus/load-bugs.ts";
import { fittedOn, measureOdds, oddsFileOf, renderOdds } from "./measured-odds.ts";
import { openProjects } from "./play/create-projects.ts";
import { type BugResult, playBug } from "./play/play-bug.ts";
import { main as playReal } from "./real/main.ts";
import { isWrongGreen, renderClasses, renderMisses, summarize } from "./table.ts";

const usage = `npm run eval -- repair [--split dev|kept|all] [--bug NAME]… [--parallel 1] [--aggregate] [--json] [--patches] [--write-odds]

Plays each bug against one real Culprit, waits for its answer, applies the patch to the deployed commit and lets a test
that Culprit never saw decide. Rules only, no model. Fails when less than half of the bugs have a proven patch, or one
proven patch is wrong.
  --split S     all (default), the bugs to work with (dev), or those kept for measuring (kept)
  --bug NAME    only this one; may be repeated
  --aggregate   no names and no reasons: for the kept half
  --json        every result as a line of JSON before the last line
  --patches     show the patches
  --write-odds  put the odds by which a proof moves the confidence, measured on the bugs to work with, into the file that
                Culprit reads them from

--real [--data DIR|FILE] [--repos DIR] [--case ID]… plays real bugs of public repositories instead.`;

const provenMin = 0.5;
const oddsFile = new URL("../../../server/src/analysis/autopsy/proof-odds.ts", import.meta.url);

/** Runs the evaluation and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--real")) return playReal(args);
  let plan: Plan;
  try {
    plan = readPlan(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return 2;
  }
  const results = await playAll(plan);
  if (plan.isJson) for (const result of results) process.stdout.write(`${JSON.stringify(asJson(result))}\n`);
  else {
    process.stdout.write(`\n${renderClasses(results)}\n`);
    if (!plan.isAggregate) process.stdout.write(`\n${renderMisses(results)}\n`);
    process.stdout.write(`\n${renderOdds(results)}\n`);
  }
  const odds = plan.writesOdds ? measureOdds(fittedOn(results)) : null;
  if (odds !== null) await writeFile(oddsFile, oddsFileOf(odds));
  const summary = summarize(results);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return summary.wrong_green > 0 || summary.proven < summary.bugs * provenMin ? 1 : 0;
}

interface Plan {
  readonly bugs: readonly Bug[];
  readonly parallel: number;
  readonly isJson: boolean;
  readonly isAggregate: boolean;
  readonly showsPatches: boolean;
  readonly writesOdds: boolean;
}

async function playAll(plan: Plan): Promise<BugResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-repair-"));
  const stops: (() => Promise<void>)[] = [];
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once("SIGINT", onInterrupt);
  const results: BugResult[] = [];
  try {
    const culprit = await startCulprit(folder, 0, (stop) => stops.push(stop));
    const createProject = await openProjects(culprit);
    const waiting = [...plan.bugs];
    const worker = async () => {
      for (let bug = waiting.shift(); bug && !abort.signal.aborted; bug = waiting.shift()) {
        const result = await playBug(
          bug,
          { url: culprit.url, createProject },
          {
            ...{ folder, signal: abort.signal },
            triesWrongCause: plan.writesOdds && bug.split === "dev",
          },
        );
        results.push(result);
        if (!plan.isJson && !plan.isAggregate) process.stdout.write(`${lineOf(result)}\n`);
        if (plan.showsPatches)
          process.stdout.write(
            `${result.autopsy?.patch_diff ?? "no patch"}\n${result.autopsy?.test_diff ?? "no test"}\n`,
          );
      }
    };
    await Promise.all(Array.from({ length: plan.parallel }, worker));
  } finally {
    process.off("SIGINT", onInterrupt);
    for (const stop of stops.reverse()) await stop();
    await rm(folder, { recursive: true, force: true });
  }
  return results.sort((a, b) => a.bug.name.localeCompare(b.bug.name));
}

function lineOf(result: BugResult): string {
  const yes = (isTrue: boolean, word: string) => (isTrue ? word : "-").padEnd(word.length);
  const words = [
    yes(result.isCulpritFound, "culprit"),
    yes(result.isReproduced, "reproduced"),
    yes(result.isApplied, "applied"),
    yes(result.isProven, "proven"),
    isWrongGreen(result) ? "WRONG" : yes(result.isRight === true, "right"),
  ];
  const seconds = result.seconds === null ? "" : `${result.seconds.toFixed(1)} s`;
  const wrong = result.wrongCause === null ? "" : `, for a wrong commit ${result.wrongCause.proof}`;
  return `${result.bug.name.padEnd(30)} ${words.join(" ")} ${seconds.padStart(7)}  ${result.proposer ?? ""}${wrong}`.trimEnd();
}

function asJson(result: BugResult) {
  return {
    bug: result.bug.name,
    class: result.bug.errorClass,
    style: result.bug.style,
    split: result.bug.split,
    culprit_found: result.isCulpritFound,
    reproduced: result.isReproduced,
    applied: result.isApplied,
    proven: result.isProven,
    right: result.isRight,
    proposer: result.proposer,
    seconds: result.seconds,
    reason: result.reason,
  };
}

function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      split: { type: "string", default: "all" },
      bug: { type: "string", multiple: true },
      parallel: { type: "string", default: "1" },
      aggregate: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      patches: { type: "boolean", default: false },
      "write-odds": { type: "boolean", default: false },
    },
  });
  if (!["dev", "kept", "all"].includes(values.split))
    throw new Error(`--split must be dev, kept or all, not ${values.split}`);
  const parallel = Number(values.parallel);
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > 4) throw new Error("--parallel must be 1 to 4");
  const all = loadBugs();
  for (const name of values.bug ?? [])
    if (!all.some((bug) => bug.name === name)) throw new Error(`--bug: there is no ${name}`);
  const bugs = all.filter(
    (bug) => (values.split === "all" || bug.split === values.split) && (values.bug?.includes(bug.name) ?? true),
  );
  return {
    ...{ bugs, parallel, isJson: values.json, isAggregate: values.aggregate },
    ...{ showsPatches: values.patches, writesOdds: values["write-odds"] },
  };
}
