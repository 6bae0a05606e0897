import type { BugResult } from "./play/play-bug.ts";

/** The figures of the last line. */
export interface RepairSummary {
  readonly bugs: number;
  readonly reproduced: number;
  readonly applied: number;
  readonly proven: number;
  readonly wrong_green: number;
  readonly median_s: number;
}

/** Counts over all results. A green proof whose tree the oracle refuses is `wrong_green` and counts as proven, too. */
export function summarize(results: readonly BugResult[]): RepairSummary {
  const count = (isMeant: (result: BugResult) => boolean) => results.filter(isMeant).length;
  return {
    bugs: results.length,
    reproduced: count((result) => result.isReproduced),
    applied: count((result) => result.isApplied),
    proven: count((result) => result.isProven),
    wrong_green: count(isWrongGreen),
    median_s: medianSeconds(results),
  };
}

/** True for a proven patch with which the project is not right. */
export function isWrongGreen(result: BugResult): boolean {
  return result.isProven && result.isRight !== true;
}

const head = ["class of error", "bugs", "culprit", "reproduced", "applied", "proven", "wrong", "median s"];

/** One line for each class of error, and one for all. */
export function renderClasses(results: readonly BugResult[]): string {
  const classes = [...new Set(results.map((result) => result.bug.errorClass))].sort();
  const groups = classes.map((name) => [name, results.filter(({ bug }) => bug.errorClass === name)] as const);
  return [head, ...[...groups, ["all", results] as const].map(([name, own]) => cellsOf(name, own))].map(row).join("\n");
}

function cellsOf(name: string, own: readonly BugResult[]): string[] {
  const { bugs, reproduced, applied, proven, wrong_green: wrong, median_s: median } = summarize(own);
  const found = own.filter((result) => result.isCulpritFound).length;
  return [name, ...[bugs, found, reproduced, applied, proven, wrong].map(String), median.toFixed(1)];
}

/** Each bug that has no proven patch, or a wrong one, with its reason. */
export function renderMisses(results: readonly BugResult[]): string {
  return results
    .filter((result) => result.reason !== "")
    .map((result) => {
      const mark = isWrongGreen(result) ? "WRONG GREEN" : result.isReproduced ? "reproduced, not repaired" : "missed";
      return `${result.bug.name} (${result.bug.errorClass}): ${mark}. ${result.reason.replace(/\s+/g, " ").slice(0, 700)}`;
    })
    .join("\n");
}

function medianSeconds(results: readonly BugResult[]): number {
  const sorted = results.flatMap(({ seconds }) => seconds ?? []).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return Math.round(((upper + lower) / 2) * 10) / 10;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(34) : cell.padStart(11))).join("");
}
