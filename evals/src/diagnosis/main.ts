import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Scenario } from "../scenarios/generate-scenario.ts";
import { kinds } from "../scenarios/kinds/index.ts";
import { scenarios, writeScenarios } from "../scenarios/write-scenarios.ts";
import type { Claim } from "./calibration.ts";
import { dataRoot } from "./data-root.ts";
import { type DataSetName, dataSetNames, notAtHand, readDataSet } from "./data-sets.ts";
import { renderScenarios, renderSet } from "./render.ts";
import { type BaselineScore, runBaselines } from "./run-baselines.ts";
import { runDiagnose } from "./run-diagnose.ts";
import { runScenarios, runWrittenScenarios } from "./run-scenarios.ts";
import { claimOf, describeRow, type ScenarioRow, scoreScenarios } from "./score-scenarios.ts";
import { scoreSet } from "./score-set.ts";

/** Weights and the confidence may be fitted on seeds 1 to 10 only, of which some are shown; the kept-back ones are only ever scored. */
export const splits = { train: "1-3", "kept back": "361-370" } as const;
/** Kept back once and looked at since, each case or what they came to: none of them is kept back any more. */
export const lookedAt =
  "101 to 110, 201 and 202 (the quick set), 211 to 216, 311 to 314, 321 to 330 (their figures, and the list of misses that was printed with them), 331 to 360 (scored once each, for the engines before this one) and 501";

const rounded = (value: number) => Math.round(value * 1000) / 1000;

export interface Part {
  readonly markdown: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly isEmpty: boolean;
  /** How sure each answer was and whether it was right. */
  readonly claims: readonly Claim[];
}

export function seedsOf(text: string): number[] {
  const [first = 1, last = first] = text.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** One public set, or a note that it is not at hand. */
export async function evaluateSet(name: DataSetName, data?: string): Promise<Part> {
  const set = await readDataSet(name, data);
  if (set === null || set.cases.length === 0)
    return {
      markdown: `### ${name}\n\n${notAtHand(name)}\n`,
      figures: { set: name, cases: 0 },
      isEmpty: true,
      claims: [],
    };
  const diagnoses = await runDiagnose(
    set.cases.map((one) => one.dir),
    set.format,
  );
  const score = scoreSet(set, diagnoses);
  const again = name === "nezha" ? [] : await runBaselines(name, set.cases);
  return {
    markdown: renderSet(name, set.title, score, again),
    claims: score.claims,
    isEmpty: diagnoses.every((one) => one.causes.length === 0),
    figures: {
      set: name,
      cases: score.cases,
      top1: rounded(score.top1),
      top3: rounded(score.top3),
      top5: rounded(score.top5),
      avg5: rounded(score.avg5),
      inconclusive: rounded(score.inconclusive),
      blamed_right: rounded(score.blamedRight),
      wrong_blame: rounded(score.falseBlame),
      ece: rounded(score.calibration.ece),
      brier_skill: score.calibration.brierSkill === null ? null : rounded(score.calibration.brierSkill),
      seconds: rounded(score.secondsMean),
    },
  };
}

export interface ScenarioOptions {
  readonly seeds?: string | undefined;
  readonly kinds?: string | undefined;
  /** A folder that `write-scenarios.ts` wrote, instead of seeds. */
  readonly set?: string | undefined;
  /** A file that gets one line of JSON for each run: what was said, and whether it was right. */
  readonly dump?: string | undefined;
  /** Files that `dump` wrote, of one range of seeds each, instead of running them: several processes may share the work. */
  readonly dumped?: readonly string[] | undefined;
  /** A file that gets the misses, kind by kind. */
  readonly misses?: string | undefined;
  readonly withBaselines?: boolean;
}

/** The generated scenarios: one range of seeds, or both splits. */
export async function evaluateScenarios(
  options: ScenarioOptions,
): Promise<Part & { readonly rows: readonly ScenarioRow[] }> {
  const wanted = options.kinds?.split(",");
  const isWanted = (kind: string) =>
    wanted === undefined || wanted.some((one) => kind === one || kind.startsWith(`${one}-`));
  const known = Object.entries(splits).filter(([, text]) => options.seeds === undefined || options.seeds === text);
  const asked = known.length > 0 ? known : [["others", options.seeds ?? ""] as const];
  const done: { name: string; rows: ScenarioRow[] }[] = [];
  if (options.set !== undefined)
    done.push({ name: options.set, rows: await runWrittenScenarios(resolve(options.set), isWanted) });
  else
    for (const [name, text] of asked) {
      const rows =
        options.dumped === undefined
          ? await runScenarios(seedsOf(text), isWanted, (count) => process.stderr.write(`\r${name}: ${count} `))
          : await readDumped(options.dumped, seedsOf(text));
      done.push({
        name: `${name === "kept back" ? "kept-back " : name === "train" ? "training " : ""}seeds ${text}`,
        rows,
      });
    }
  process.stderr.write("\n");
  const last = done.at(-1)?.rows ?? [];
  // One run of each kind is enough to see how far others come.
  const again =
    options.withBaselines === true && options.set === undefined
      ? await scenarioBaselines(seedsOf(asked.at(-1)?.[1] ?? "").slice(0, 1), isWanted)
      : [];
  const all = done.flatMap(({ rows }) => rows);
  if (options.dump !== undefined) await writeFile(options.dump, all.map((row) => `${JSON.stringify(row)}\n`).join(""));
  if (options.misses !== undefined) await writeFile(options.misses, renderMisses(all));
  const score = scoreScenarios(last);
  return {
    rows: last,
    claims: last.map(claimOf),
    markdown: renderScenarios(done, again),
    isEmpty: last.every((row) => row.diagnosis.causes.length === 0),
    figures: {
      set: "scenarios",
      runs: score.runs,
      kinds: new Set(last.map(({ truth }) => truth.kind)).size,
      cause_top1: rounded(score.causeTop1),
      top1: rounded(score.top1),
      top3: rounded(score.top3),
      top5: rounded(score.top5),
      avg5: rounded(score.avg5),
      type_right: rounded(score.typeRight),
      change_right: rounded(score.changeRight),
      quiet_runs: score.quietRuns,
      false_blame: rounded(score.falseBlame),
      wrong_blame: rounded(score.wrongBlame),
      inconclusive: rounded(score.inconclusive),
      blamed_right_with_cause: rounded(score.blamedRightWithCause),
      blamed_wrong_with_cause: rounded(score.blamedWrongWithCause),
      inconclusive_with_cause: rounded(score.inconclusiveWithCause),
      ece: rounded(score.calibration.ece),
      brier: rounded(score.calibration.brier),
      brier_skill: score.calibration.brierSkill === null ? null : rounded(score.calibration.brierSkill),
      seconds: rounded(score.secondsMean),
      seconds_max: rounded(score.secondsMax),
    },
  };
}

/** The rows of these seeds, kind by kind; every seed must be there, so that none is left out unseen. */
async function readDumped(files: readonly string[], seeds: readonly number[]): Promise<ScenarioRow[]> {
  const rows: ScenarioRow[] = [];
  for (const file of files)
    for (const line of (await readFile(file, "utf8")).split("\n"))
      if (line !== "") rows.push(JSON.parse(line) as ScenarioRow);
  const order = kinds.map(({ name }) => name);
  const found = seeds.flatMap((seed) => rows.filter(({ truth }) => truth.seed === seed));
  if (found.length !== seeds.length * kinds.length)
    throw new Error(`${found.length} of ${seeds.length * kinds.length} runs of seeds ${seeds.join(", ")} were dumped`);
  return found.sort((a, b) => order.indexOf(a.truth.kind) - order.indexOf(b.truth.kind) || a.truth.seed - b.truth.seed);
}

async function scenarioBaselines(
  seeds: readonly number[],
  isWanted: (kind: string) => boolean,
): Promise<BaselineScore[]> {
  const sums = new Map<string, { sum: BaselineScore; count: number }>();
  let batch: Scenario[] = [];
  const flush = async () => {
    const dir = await mkdtemp(join(tmpdir(), "culprit-baselines-"));
    try {
      const truth = await writeScenarios(dir, batch);
      const cases = Object.entries(truth).map(([folder, answer]) => ({
        dir: join(dir, "cases", folder),
        services: answer.causes.flatMap((cause) => (cause.component === null ? [] : [cause.component])),
      }));
      for (const one of cases)
        for (const scored of await runBaselines("culprit", [one])) {
          const before = sums.get(scored.name);
          const add = (key: "top1" | "top3" | "top5" | "avg5") => (before?.sum[key] ?? 0) + scored[key];
          sums.set(scored.name, {
            sum: { name: scored.name, top1: add("top1"), top3: add("top3"), top5: add("top5"), avg5: add("avg5") },
            count: (before?.count ?? 0) + 1,
          });
        }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    batch = [];
  };
  for (const scenario of scenarios(seeds, isWanted)) {
    if (scenario.truth.causes.length === 0 || scenario.truth.mayBeNone) continue;
    batch.push(scenario);
    if (batch.length >= 20) await flush();
  }
  await flush();
  return [...sums.values()].map(({ sum, count }) => ({
    name: sum.name,
    top1: sum.top1 / count,
    top3: sum.top3 / count,
    top5: sum.top5 / count,
    avg5: sum.avg5 / count,
  }));
}

function renderMisses(rows: readonly ScenarioRow[]): string {
  const kinds = [...new Set(rows.map(({ truth }) => truth.kind))];
  const sections = kinds.map((kind) => {
    const own = rows.filter(({ truth }) => truth.kind === kind);
    const bad = own.filter(
      (row) => row.isFalseBlame || (row.truth.causes.length > 0 && !row.truth.mayBeNone && !row.isFirstRight),
    );
    return {
      bad,
      text: [`## ${kind}: ${bad.length} of ${own.length}`, ...bad.map((row) => `- ${describeRow(row)}`), ""].join("\n"),
    };
  });
  const score = scoreScenarios(rows);
  const head = `cause top-1 ${score.causeTop1.toFixed(3)}, component top-1 ${score.top1.toFixed(3)}, top-3 ${score.top3.toFixed(3)}, type ${score.typeRight.toFixed(2)}, change ${score.changeRight.toFixed(2)}, false blame ${score.falseBlame.toFixed(3)} of ${score.quietRuns}, wrong blame ${score.wrongBlame.toFixed(3)}, ECE ${score.calibration.ece.toFixed(3)}, Brier skill ${score.calibration.brierSkill?.toFixed(3) ?? "–"}, ${score.secondsMean.toFixed(2)} s (most ${score.secondsMax.toFixed(2)})`;
  return [
    head,
    "",
    ...sections
      .filter(({ bad }) => bad.length > 0)
      .sort((a, b) => b.bad.length - a.bad.length)
      .map(({ text }) => text),
  ].join("\n");
}

const usage = `npm run eval -- diagnosis [${["scenarios", ...dataSetNames].join("|")}…] [--seeds 1-10] [--set DIR] [--kinds a,b] [--data DIR] [--dump FILE] [--misses FILE] [--baselines]\n`;

/** Scores the sets that are named, all of them without a name. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seeds: { type: "string" },
      kinds: { type: "string" },
      set: { type: "string" },
      data: { type: "string" },
      dump: { type: "string" },
      misses: { type: "string" },
      baselines: { type: "boolean" },
    },
  });
  const names = positionals.length > 0 ? positionals : ["scenarios", ...dataSetNames];
  if (names.some((name) => name !== "scenarios" && !dataSetNames.some((one) => one === name))) {
    process.stderr.write(usage);
    return 2;
  }
  const parts: Part[] = [];
  for (const name of names) {
    const set = dataSetNames.find((one) => one === name);
    const part =
      set === undefined
        ? await evaluateScenarios({ ...values, withBaselines: values.baselines === true })
        : await evaluateSet(set, values.data);
    parts.push(part);
    console.log(part.markdown);
  }
  const [only] = parts;
  console.log(
    JSON.stringify(
      parts.length === 1 && only !== undefined ? only.figures : { sets: parts.map((part) => part.figures) },
    ),
  );
  const isMissing = (part: Part) => part.figures.cases === 0;
  // Whoever names sets wants their figures; without a name what is there is scored.
  if (positionals.length > 0 && parts.some(isMissing)) {
    process.stderr.write(`A set that was asked for is not in ${dataRoot(values.data)}.\n`);
    return 1;
  }
  return parts.some((part) => part.isEmpty && !isMissing(part)) ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
