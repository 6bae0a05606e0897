import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Truth } from "../scenarios/fault.ts";
import type { Scenario, ScenarioOptions } from "../scenarios/generate-scenario.ts";
import { scenarios, writeScenarios } from "../scenarios/write-scenarios.ts";
import { runDiagnose } from "./run-diagnose.ts";
import { type ScenarioRow, scoreScenario } from "./score-scenarios.ts";

const batchSize = 25;

/** Makes the scenarios some at a time, has them diagnosed by the command line meanwhile, and throws the files away. */
export async function runScenarios(
  seeds: readonly number[],
  isWanted: (kind: string) => boolean = () => true,
  onBatch: (done: number) => void = () => {},
  options: ScenarioOptions = {},
): Promise<ScenarioRow[]> {
  const rows: ScenarioRow[] = [];
  let running: Promise<void> = Promise.resolve();
  let batch: Scenario[] = [];
  const flush = async () => {
    const own = batch;
    batch = [];
    await running;
    if (own.length === 0) return;
    running = diagnoseBatch(own).then((done) => {
      rows.push(...done);
      onBatch(rows.length);
    });
  };
  for (const scenario of scenarios(seeds, isWanted, options)) {
    batch.push(scenario);
    if (batch.length >= batchSize) await flush();
  }
  await flush();
  await running;
  return rows;
}

async function diagnoseBatch(batch: readonly Scenario[]): Promise<ScenarioRow[]> {
  const dir = await mkdtemp(join(tmpdir(), "culprit-scenarios-"));
  try {
    return await diagnoseAll(dir, Object.entries(await writeScenarios(dir, batch)));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The same for a set that `write-scenarios.ts` wrote before. */
export async function runWrittenScenarios(
  dir: string,
  isWanted: (kind: string) => boolean = () => true,
): Promise<ScenarioRow[]> {
  const truth = JSON.parse(await readFile(join(dir, "truth.json"), "utf8")) as Record<string, Truth>;
  return diagnoseAll(
    dir,
    Object.entries(truth).filter(([, answer]) => isWanted(answer.kind)),
  );
}

async function diagnoseAll(dir: string, answers: readonly (readonly [string, Truth])[]): Promise<ScenarioRow[]> {
  const diagnoses = await runDiagnose(
    answers.map(([folder]) => join(dir, "cases", folder)),
    "culprit",
  );
  return answers.flatMap(([, answer], at) => {
    const diagnosis = diagnoses[at];
    return diagnosis === undefined ? [] : [scoreScenario(answer, diagnosis)];
  });
}
