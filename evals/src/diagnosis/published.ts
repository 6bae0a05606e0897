import type { DataSetName } from "./data-sets.ts";

export interface PublishedRow {
  readonly method: string;
  readonly top1?: number;
  readonly top3?: number;
  readonly top5?: number;
  readonly avg5?: number;
  readonly source: string;
}

/** Figures that others gave for the set, or for its whole where the part here is only half of it. */
export const published: Readonly<Record<DataSetName, readonly PublishedRow[]>> = {
  petshop: [
    {
      method: "RRF of traversal and ranked correlation",
      top1: 0.65,
      top3: 0.88,
      source: "official code, these 26 cases",
    },
    { method: "ranked correlation", top1: 0.58, top3: 0.73, source: "official code, these 26 cases" },
    { method: "traversal", top1: 0.58, top3: 0.77, source: "official code, these 26 cases" },
    { method: "CIRCA", top1: 0.33, top3: 0.73, source: "official code, 52 cases" },
    { method: "N-Sigma", top1: 0.31, top3: 0.67, source: "official code, 52 cases" },
    { method: "BARO RobustScorer", top1: 0.15, top3: 0.27, source: "official code, 52 cases" },
    { method: "random walk", top1: 0, top3: 0.04, source: "official code, 52 cases" },
    { method: "ε-diagnosis", top1: 0, top3: 0, source: "official code, 52 cases" },
  ],
  sockshop: [
    { method: "BARO", avg5: 0.99, source: "ASE 2024, table 5, CPU and MEM" },
    { method: "N-Sigma", avg5: 0.985, source: "ASE 2024, table 5, CPU .98 and MEM .99" },
    { method: "CausalRCA", avg5: 0.84, source: "ASE 2024, table 5" },
    { method: "CIRCA", avg5: 0.75, source: "ASE 2024, table 5, CPU .70 and MEM .80" },
    { method: "RCD", avg5: 0.645, source: "ASE 2024, table 5, CPU .63 and MEM .66" },
  ],
  nezha: [
    { method: "Nezha", top1: 0.867, top3: 0.978, top5: 0.978, source: "FSE 2023, table 3, 45 faults" },
    { method: "MicroRCA", top1: 0.2, top3: 0.311, top5: 0.444, source: "FSE 2023, table 3, 45 faults" },
    { method: "MicroScope", top1: 0.178, top3: 0.267, top5: 0.356, source: "FSE 2023, table 3, 45 faults" },
    { method: "PDiagnose", top1: 0.089, top3: 0.133, top5: 0.222, source: "FSE 2023, table 3, 45 faults" },
    { method: "log-signature difference", top1: 0.356, top3: 0.489, top5: 0.533, source: "own code, 45 faults" },
    { method: "trace self-time difference", top1: 0.311, top3: 0.378, top5: 0.467, source: "own code, 45 faults" },
  ],
};
