import type { SuiteReport } from "../fixers/compare-suites.ts";

export interface FailedTest {
  readonly name: string;
  /** What the runner says of it: its message, its stack. */
  readonly text: string;
}

/** Each test of a run by its name, as its runner told. */
export interface TestReport {
  readonly passing: readonly string[];
  readonly failing: readonly FailedTest[];
}

/** The report as runs are compared. A run that told of no test has no counts: it broke off before the first. */
export function suiteReportOf(exitCode: number | null, { passing, failing }: TestReport): SuiteReport {
  const isMute = passing.length + failing.length === 0;
  return {
    exitCode,
    failing: failing.map(({ name }) => name),
    failedCount: isMute ? null : failing.length,
    passedCount: isMute ? null : passing.length,
  };
}
