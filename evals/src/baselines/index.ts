import { fuse, randomWalk, rankedCorrelation, traversal } from "./by-graph.ts";
import { epsilonDiagnosis, nSigma, robustScorer } from "./by-series.ts";
import type { Baseline } from "./evidence.ts";

/** Published methods in code of our own, by their names; those of the second list need to know who calls whom. */
export const baselines: readonly { readonly name: string; readonly run: Baseline; readonly needsGraph: boolean }[] = [
  { name: "N-Sigma", run: nSigma, needsGraph: false },
  { name: "BARO RobustScorer", run: robustScorer, needsGraph: false },
  { name: "ε-diagnosis", run: epsilonDiagnosis, needsGraph: false },
  { name: "ranked correlation", run: rankedCorrelation, needsGraph: true },
  { name: "traversal", run: traversal, needsGraph: true },
  { name: "random walk", run: randomWalk, needsGraph: true },
  { name: "RRF of traversal and ranked correlation", run: fuse(traversal, rankedCorrelation), needsGraph: true },
];
