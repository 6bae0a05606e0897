import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
      const truth = await writeScenarios(dir, batch);
      const folders = Object.keys(truth);
      const diagnoses = await runDiagnose(
        folders.map((folder) => join(dir, "cases", folder)),
        "culprit",
      );
      folders.forEach((folder, at) => {
        const [answer, diagnosis] = [truth[folder], diagnoses[at]];
        if (answer !== undefined && diagnosis !== undefined) rows.push(scoreScenario(answer, diagnosis));
      });
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
