import { isAmong } from "./test-pieces.ts";

/** What a run of a project's test suite said, as far as its output tells. */
export interface SuiteReport {
  readonly exitCode: number | null;
  /** Names of failing tests; empty where the output names none. */
  readonly failing: readonly string[];
  readonly failedCount: number | null;
  readonly passedCount: number | null;
}

/** Reads the output of node:test (TAP and spec), vitest, jest or mocha. */
export function readSuiteReport(exitCode: number | null, log: string): SuiteReport {
  const failing = new Set<string>();
  for (const line of log.split("\n")) {
    const match =
      /^\s*not ok \d+ - (.+?)(?: # (?:TODO|SKIP).*)?$/.exec(line) ??
      /^\s*✖ (?!failing tests:)(.+?)(?: \(\d[\d.]*m?s\))?$/.exec(line) ??
      /^\s*(?:×|FAIL)\s+(.+?)(?:\s+\d+\s?ms)?$/.exec(line) ??
      /^\s*● (.+)$/.exec(line);
    if (match?.[1] !== undefined && !/# (?:TODO|SKIP)/.test(line)) failing.add(match[1].trim());
  }
  return {
    exitCode,
    failing: [...failing],
    failedCount: countOf(log, [/^[#ℹ] fail (\d+)$/m, /^\s*Tests:?\s.*?(\d+) failed/m, /^\s*(\d+) failing$/m]),
    passedCount: countOf(log, [/^[#ℹ] pass (\d+)$/m, /^\s*Tests:?\s.*?(\d+) passed/m, /^\s*(\d+) passing/m]),
  };
}

function countOf(log: string, patterns: readonly RegExp[]): number | null {
  for (const pattern of patterns) {
    const match = pattern.exec(log);
    if (match?.[1] !== undefined) return Number(match[1]);
  }
  return null;
}

/** Why the suite is worse after a patch than before it; null where it is not. */
export function worsened(before: SuiteReport, after: SuiteReport): string | null {
  if (after.exitCode === 0) return null;
  const fresh = newlyFailing(before, after);
  if (fresh.length > 0) return `These tests fail now: ${fresh.slice(0, 5).join("; ")}.`;
  if (before.exitCode === 0) return "The project's tests passed before and fail now.";
  if (after.failedCount !== null && before.failedCount !== null && after.failedCount > before.failedCount) {
    return `${after.failedCount} tests fail now, ${before.failedCount} before.`;
  }
  if (after.failedCount === null && before.failedCount !== null) return "The test run broke off.";
  return null;
}

/** Names of the tests that fail after a patch and did not before. */
export function newlyFailing(before: SuiteReport, after: SuiteReport): readonly string[] {
  const known = new Set(before.failing);
  return after.failing.filter((name) => !known.has(name));
}

const namedMax = 5;

/**
 * How a project's own tests fare with a patch that made none of them worse, as the end of a sentence. Own failing tests that pass now are
 * the best evidence there is; one that the patch removed is none.
 */
export function describeSuites(before: SuiteReport, after: SuiteReport, removed: readonly string[] = []): string {
  if (before.exitCode === 0)
    return removed.length === 0 ? "the project's tests still pass" : "the project's tests that it leaves still pass";
  const count = before.failedCount ?? before.failing.length;
  const failed = count > 0 ? ` (${count})` : "";
  const isMended = after.exitCode === 0;
  const left = new Set(after.failing);
  const kept = before.failing.filter((name) => !removed.some((test) => isAmong([name], test)));
  const mended = kept.filter((name) => isMended || !left.has(name));
  const names = mended.slice(0, namedMax).map((name) => name.slice(0, 200));
  if (mended.length > namedMax) names.push(`${mended.length - namedMax} more`);
  if (isMended && mended.length === 0 && kept.length < before.failing.length)
    return `the project's tests that it leaves pass; what failed before${failed} is removed`;
  if (isMended)
    return `the patch mends the project's own tests, which failed before${failed} and all pass with it${names.length > 0 ? `: ${names.join("; ")}` : ""}`;
  if (mended.length > 0)
    return `the patch mends ${mended.length} of the project's own failing tests${failed}: ${names.join("; ")}; the others fail as before`;
  return `the project's tests fail as before${failed}`;
}
