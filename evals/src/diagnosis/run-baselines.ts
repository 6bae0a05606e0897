import { baselines } from "../baselines/index.ts";
import { type EvidenceFormat, readEvidence } from "../baselines/read-evidence.ts";
import { averageAt5, hitsWithin } from "./rank.ts";

export interface BaselineScore {
  readonly name: string;
  readonly top1: number;
  readonly top3: number;
  readonly top5: number;
  readonly avg5: number;
}

/** Tie-adjusted figures of every baseline on the same cases; those that need a call graph are left out where there is none. */
export async function runBaselines(
  format: EvidenceFormat,
  cases: readonly { readonly dir: string; readonly services: readonly string[] }[],
): Promise<BaselineScore[]> {
  const hits = new Map<string, (readonly number[])[]>();
  for (const one of cases) {
    const evidence = await readEvidence(format, one.dir);
    for (const { name, run, needsGraph } of baselines) {
      if (needsGraph && (evidence.edges.length === 0 || evidence.target === null)) continue;
      const list = [...run(evidence)].map(([component, score]) => ({
        score,
        isRight: one.services.includes(component),
      }));
      hits.set(name, [...(hits.get(name) ?? []), hitsWithin(list)]);
    }
  }
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  return [...hits].map(([name, rows]) => ({
    name,
    top1: mean(rows.map((row) => row[0] ?? 0)),
    top3: mean(rows.map((row) => row[2] ?? 0)),
    top5: mean(rows.map((row) => row[4] ?? 0)),
    avg5: mean(rows.map(averageAt5)),
  }));
}
