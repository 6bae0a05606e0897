import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Truth } from "../scenarios/fault.ts";
import type { Scenario } from "../scenarios/generate-scenario.ts";
import { scenarios, writeScenarios } from "../scenarios/write-scenarios.ts";
import { runDiagnose } from "./run-diagnose.ts";
import { type ScenarioRow, scoreScenario } from "./score-scenarios.ts";

const batchSize = 25;

/** Makes the scenarios some at a time, has them diagnosed by the command line, and throws the files away. */
export async function runScenarios(
  seeds: readonly number[],
  isWanted: (kind: string) => boolean = () => true,
  onBatch: (done: number) => void = () => {},
): Promise<ScenarioRow[]> {
  const rows: ScenarioRow[] = [];
  let batch: Scenario[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const dir = await mkdtemp(join(tmpdir(), "culprit-scenarios-"));
    try {
      rows.push(...(await diagnoseAll(dir, Object.entries(await writeScenarios(dir, batch)))));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    batch = [];
    onBatch(rows.length);
  };
  for (const scenario of scenarios(seeds, isWanted)) {
    batch.push(scenario);
    if (batch.length >= batchSize) await flush();
  }
  await flush();
  return rows;
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
