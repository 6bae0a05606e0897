import { expect, test } from "vitest";
import { describeSuites, readSuiteReport, worsened } from "./compare-suites.ts";

test.each([
  [
    "node, spec",
    "✔ adds (1.2ms)\n✖ subtracts (0.3ms)\nℹ pass 1\nℹ fail 1\n✖ failing tests:\n✖ subtracts (0.3ms)\n",
    ["subtracts"],
  ],
  ["node, TAP", "ok 1 - adds\nnot ok 2 - subtracts\nnot ok 3 - later # TODO\n# pass 1\n# fail 1\n", ["subtracts"]],
  ["vitest", " ✓ a.test.ts (1 test)\n × subtracts 3ms\n\n      Tests  1 failed | 1 passed (2)\n", ["subtracts"]],
  ["jest", "  ● math › subtracts\n\nTests:       1 failed, 1 passed, 2 total\n", ["math › subtracts"]],
])("failing tests and counts are read from the output of %s", (_name, log, failing) => {
  expect(readSuiteReport(1, log)).toEqual({ exitCode: 1, failing, failedCount: 1, passedCount: 1 });
});

const report = (exitCode: number, failing: string[]) => ({
  exitCode,
  failing,
  failedCount: failing.length,
  passedCount: 1,
});

test("a suite that failed before may fail in the same tests, not in others", () => {
  expect(worsened(report(1, ["a"]), report(1, ["a"]))).toBeNull();
  expect(worsened(report(1, ["a"]), report(0, []))).toBeNull();
  expect(worsened(report(1, ["a"]), report(1, ["a", "b"]))).toContain("b");
  expect(worsened(report(1, ["a"]), report(1, ["b"]))).toContain("b");
});

test("a suite that passed must pass, whatever its output says", () => {
  expect(worsened(report(0, []), { exitCode: 1, failing: [], failedCount: null, passedCount: null })).not.toBeNull();
});

test("a run that breaks off before it counts is worse", () => {
  expect(
    worsened(report(1, ["a"]), { exitCode: null, failing: [], failedCount: null, passedCount: null }),
  ).not.toBeNull();
});

test("own tests that failed before and pass with the patch are told as mended, by name", () => {
  expect(describeSuites(report(0, []), report(0, []))).toBe("the project's tests still pass");
  expect(describeSuites(report(1, ["a", "b"]), report(0, []))).toBe(
    "the patch mends the project's own tests, which failed before (2) and all pass with it: a; b",
  );
  expect(describeSuites(report(1, ["a", "b"]), report(1, ["b"]))).toBe(
    "the patch mends 1 of the project's own failing tests (2): a; the others fail as before",
  );
  expect(describeSuites(report(1, ["a"]), report(1, ["a"]))).toBe("the project's tests fail as before (1)");
  const mute = { exitCode: 1, failing: [], failedCount: null, passedCount: null };
  expect(describeSuites(mute, mute)).toBe("the project's tests fail as before");
  expect(describeSuites(mute, { ...mute, exitCode: 0 })).toBe(
    "the patch mends the project's own tests, which failed before and all pass with it",
  );
});

test("a test that the patch removed is neither passed nor mended", () => {
  expect(describeSuites(report(0, []), report(0, []), ["a"])).toBe("the project's tests that it leaves still pass");
  expect(describeSuites(report(1, ["a"]), report(0, []), ["a"])).toBe(
    "the project's tests that it leaves pass; what failed before (1) is removed",
  );
  expect(describeSuites(report(1, ["x > a", "b"]), report(0, []), ["a"])).toMatch(/all pass with it: b$/);
});
