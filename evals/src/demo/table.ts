import { caseNames, type DemoRun } from "./run-demo.ts";

export interface DemoSummary {
  readonly runs: number;
  /** Share of right answers, 0..1. */
  readonly right: number;
  /** Answers that blame a commit which did not do it. */
  readonly false_blame: number;
}

/** The evaluation's figures. */
export function summarize(runs: readonly DemoRun[]): DemoSummary {
  const right = runs.filter((run) => run.isRight).length;
  return {
    runs: runs.length,
    right: runs.length === 0 ? 0 : Math.round((right / runs.length) * 1000) / 1000,
    false_blame: runs.filter(isFalseBlame).length,
  };
}

/** True when a commit is blamed that was not planted. */
export function isFalseBlame({ answer }: DemoRun): boolean {
  return answer !== null && answer.culprit_commit !== null && answer.culprit_commit !== answer.expected_commit;
}

export const tableHead = row(["case", "seed", "right", "verdict", "conf", "patch", "proof", "s", "title"]);

/** One run as a line of the table; a miss says why on a second line. */
export function renderRow(run: DemoRun): string {
  const { answer } = run;
  const line = row([
    run.caseName,
    String(run.seed),
    run.isRight ? "yes" : isFalseBlame(run) ? "FALSE" : "NO",
    answer?.verdict ?? "-",
    answer?.confidence?.toFixed(2) ?? "-",
    answer?.patch_applies ? "yes" : "-",
    answer?.proof ?? "-",
    answer?.seconds.toFixed(1) ?? "-",
    answer?.title ?? "-",
  ]);
  if (run.isRight) return line;
  return `${line}\n    miss: ${run.reason}\n    said: ${answer?.hypothesis ?? "nothing"}`;
}

/** Right answers, patches and proofs by case. */
export function renderSummary(runs: readonly DemoRun[]): string {
  return caseNames
    .map((name) => ({ name, own: runs.filter((run) => run.caseName === name) }))
    .filter(({ own }) => own.length > 0)
    .map(({ name, own }) => {
      const count = (isMeant: (run: DemoRun) => boolean) => `${own.filter(isMeant).length}/${own.length}`;
      const right = count((run) => run.isRight);
      const applies = count((run) => run.answer?.patch_applies === true);
      const green = count((run) => run.answer?.proof === "green");
      return `${name.padEnd(12)} right ${right}, patch applies ${applies}, proof green ${green}`;
    })
    .join("\n");
}

function row(cells: readonly string[]): string {
  const widths = [12, 5, 6, 13, 5, 6, 8, 6, 0];
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(" ")
    .trimEnd();
}
