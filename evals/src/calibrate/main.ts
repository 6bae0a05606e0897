import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Truth } from "../scenarios/fault.ts";
import { scenarios } from "../scenarios/write-scenarios.ts";
import { type Choice, choiceOf, type Signals } from "./choice-of.ts";
import { fitObservedWeights, type Weights } from "./fit-observed-weights.ts";
import { type FirstCause, firstCauseOf, fitSharpness } from "./fit-sharpness.ts";
import { runSignals } from "./run-signals.ts";
import { scoreChoices } from "./score-choices.ts";
import { readWeights, writeSharpness, writeWeights } from "./weights-file.ts";

/** Never fitted: rules, what comes in log-odds already, and what was found to say nothing. */
const fixed: readonly string[] = [
  "change_too_late",
  "change_without_trail",
  "learned",
  "calls_troubled",
  "log_new",
  "log_names",
];
const folds = 4;
/** Cases in one process: its start is shared, and their files do not fill the disk. */
const batchSize = 20;

/**
 * `npm run eval -- calibrate [--seeds 1-8] [--ridge 30] [--kinds a,b] [--only x,y] [--sharpness] [--write]`: fits the weights of what was observed on generated scenarios and then the
 * sharpness of the shares that come of them (with `--only` these alone, and the sharpness stays; with `--sharpness` only that), says how right they are on kinds that they were not fitted on, and with `--write`
 * puts them into `analysis/ranking/observed-weights.ts`.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string" },
      ridge: { type: "string" },
      kinds: { type: "string" },
      only: { type: "string" },
      sharpness: { type: "boolean" },
      write: { type: "boolean" },
    },
  });
  const [first = 1, last = first] = (values.seeds ?? "1-8").split("-").map(Number);
  const ridge = Number(values.ridge ?? 30);
  const kindsWanted = values.kinds?.split(",");
  const cases = await gather(
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
    (kind) => kindsWanted?.includes(kind) !== false,
  );
  const choices = cases.flatMap(({ signals, truth }) => choiceOf(signals, truth) ?? []);
  const start = await readWeights();
  const only = values.only?.split(",");
  const held = new Set(Object.keys(start).filter((name) => fixed.includes(name) || only?.includes(name) === false));
  const fit = (given: readonly Choice[]): Weights => fitObservedWeights(given, start, ridge, held);
  const weights = values.sharpness === true ? start : fit(choices);
  const sharpness = fitSharpness(firstCauses(cases, weights));
  const kinds = [...new Set(choices.map(({ kind }) => kind))];
  const isHeld = (kind: string, fold: number) => kinds.indexOf(kind) % folds === fold;
  const scored = Array.from({ length: folds }, (_, fold) => ({
    weights: fit(choices.filter(({ kind }) => !isHeld(kind, fold))),
    choices: choices.filter(({ kind }) => isHeld(kind, fold)),
  })).map((one) => ({ cases: one.choices.length, ...scoreChoices(one.choices, one.weights) }));
  const mean = (of: "top1" | "logLoss") =>
    scored.reduce((sum, one) => sum + one[of] * one.cases, 0) / Math.max(1, choices.length);
  console.log("weight                     before   after");
  for (const [name, weight] of Object.entries(weights))
    console.log(`${name.padEnd(24)} ${(start[name] ?? 0).toFixed(2).padStart(8)} ${weight.toFixed(2).padStart(7)}`);
  console.log(`sharpness                         ${sharpness.toFixed(2).padStart(7)}`);
  if (values.write === true) {
    await writeWeights(weights);
    if (only === undefined) await writeSharpness(sharpness);
  }
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  const before = scoreChoices(choices, start);
  const after = scoreChoices(choices, weights);
  console.log(
    JSON.stringify({
      cases: choices.length,
      top1_before: rounded(before.top1),
      top1: rounded(after.top1),
      log_loss: rounded(after.logLoss),
      top1_on_kinds_left_out: rounded(mean("top1")),
      log_loss_on_kinds_left_out: rounded(mean("logLoss")),
      sharpness: rounded(sharpness),
    }),
  );
  return choices.length === 0 ? 1 : 0;
}

/** A case with what the command line saw of its alternatives. */
interface Case {
  readonly signals: Signals;
  readonly truth: Truth;
}

function firstCauses(cases: readonly Case[], weights: Weights): FirstCause[] {
  return cases.flatMap(({ signals, truth }) => firstCauseOf(signals, truth, weights) ?? []);
}

/** The cases of all kinds, some cases at a time: written to folders, looked at by the command line, and removed. */
async function gather(seeds: readonly number[], isWanted: (kind: string) => boolean): Promise<Case[]> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-calibrate-"));
  const cases: Case[] = [];
  let batch: { readonly dir: string; readonly truth: Truth }[] = [];
  const look = async () => {
    if (batch.length === 0) return;
    const signals = await runSignals(batch.map(({ dir }) => dir));
    for (const [at, { dir, truth }] of batch.entries()) {
      cases.push({ signals: signals[at] ?? [], truth });
      await rm(dir, { recursive: true });
    }
    batch = [];
  };
  try {
    for (const { folder: name, files, truth } of scenarios(seeds, isWanted)) {
      const dir = join(folder, name);
      await mkdir(dir);
      for (const [file, text] of files) await writeFile(join(dir, file), text);
      batch.push({ dir, truth });
      if (batch.length >= batchSize) await look();
    }
    await look();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return cases;
}
