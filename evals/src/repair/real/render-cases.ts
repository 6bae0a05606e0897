import type { CaseResult } from "./play-case.ts";

/** The figures of the last line. */
export interface CasesSummary {
  readonly cases: number;
  readonly installed: number;
  /** With tests that fail before the repair and not after it. */
  readonly with_oracle: number;
  readonly culprit_found: number;
  readonly reproduced: number;
  readonly applied: number;
  readonly proven: number;
  readonly right: number;
  readonly wrong_green: number;
}

/** Counts over all cases; `right` are patches that the tests of the repair accept, proven or not. */
export function summarizeCases(results: readonly CaseResult[]): CasesSummary {
  const count = (isMeant: (result: CaseResult) => boolean) => results.filter(isMeant).length;
  return {
    cases: results.length,
    installed: count(({ isInstalled }) => isInstalled === true),
    with_oracle: count(({ failing }) => failing !== null),
    culprit_found: count(({ isCulpritFound }) => isCulpritFound === true),
    reproduced: count(({ isReproduced }) => isReproduced === true),
    applied: count(({ isApplied }) => isApplied === true),
    proven: count(({ proof }) => proof === "green"),
    right: count(({ isRight }) => isRight === true),
    wrong_green: count(({ proof, isRight }) => proof === "green" && isRight !== true),
  };
}

const columns = [
  "case",
  "installs",
  "tests",
  "culprit",
  "reproduced",
  "proposal",
  "applies",
  "proof",
  "oracle",
  "seconds",
];

/** A line for each case, and below it why each that has no proven right patch ended where it did. */
export function renderCases(results: readonly CaseResult[]): string {
  const yes = (fact: boolean | null) => (fact === null ? "-" : fact ? "yes" : "no");
  const lines = results.map((one) => [
    one.id,
    yes(one.isInstalled),
    one.failing === null ? "-" : String(one.failing),
    yes(one.isCulpritFound),
    yes(one.isReproduced),
    one.proposer ?? "-",
    yes(one.isApplied),
    one.proof ?? "-",
    one.isRight === null ? "-" : one.isRight ? "right" : "wrong",
    one.seconds === null ? "-" : one.seconds.toFixed(1),
  ]);
  const widths = columns.map((name, at) => Math.max(name.length, ...lines.map((cells) => cells[at]?.length ?? 0)) + 2);
  const table = [columns, ...lines].map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("")
      .trimEnd(),
  );
  const misses = results
    .filter(({ reason }) => reason !== "")
    .map(({ id, reason }) => `miss ${id}: ${reason.replace(/\s+/g, " ").slice(0, 500)}`);
  return [...table, "", ...misses].join("\n");
}
