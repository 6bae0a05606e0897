import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../play/run-command.ts";
import type { Fix } from "./find-fix.ts";
import { readAt, writeTreeAt } from "./git.ts";
import { readFailures, type TestFailure } from "./read-failures.ts";
import { runIsolated } from "./run-isolated.ts";
import { testCommandOf } from "./test-command.ts";

/** The tests of a repair that fail before it and pass after it, and how to ask them again. */
export interface Oracle {
  /** What fails before the repair and not after. */
  readonly failing: readonly TestFailure[];
  /** Whether the repair changed tests; else they are the project's own that were there before. */
  readonly isOfFix: boolean;
  /** What the oracle says of the commit with a patch: empty where it is right. */
  readonly judge: (patch: string) => Promise<string>;
}

export interface OracleOptions {
  readonly gitDir: string;
  /** The commit before the repair. */
  readonly base: string;
  readonly fix: Fix;
  readonly packages: string | null;
  readonly folder: string;
}

/**
 * Runs the tests as they are at the repair on the code before it and on the repair; a reason where they don't tell the two apart. Tests that fail on
 * both (for a new Node, a missing browser) count for nothing.
 */
export async function openOracle(options: OracleOptions): Promise<Oracle | { readonly reason: string }> {
  const { gitDir, base, fix, folder } = options;
  const manifest = (await readAt(gitDir, fix.sha, "package.json")) ?? "{}";
  const command = testCommandOf(manifest, fix.tests);
  if ("reason" in command) return command;
  const run = async (name: string, commit: string, patch: string | null) => {
    const tree = join(folder, name);
    await rm(tree, { recursive: true, force: true });
    await writeTreeAt(gitDir, commit, tree);
    if (patch !== null) {
      await writeFile(join(folder, "patch.diff"), patch);
      const environment = { GIT_CEILING_DIRECTORIES: folder };
      const applied = await runCommand(["git", "apply", "../patch.diff"], { folder: tree, environment });
      if (applied.exitCode !== 0)
        return { failures: [], isCrashed: true, complaint: `it does not apply: ${applied.output}` };
    }
    if (fix.testFiles.length > 0) await writeTreeAt(gitDir, fix.sha, tree, fix.testFiles);
    const { exitCode, output } = await runIsolated(command.words, { tree, packages: options.packages });
    const failures = readFailures(output, exitCode);
    return { failures, isCrashed: failures.some(({ title }) => title === "the run"), complaint: null };
  };
  const [before, after] = [await run("before", base, null), await run("after", fix.sha, null)];
  if (after.isCrashed) return { reason: `the tests don't run on the repaired commit: ${after.failures[0]?.message}` };
  const known = new Set(after.failures.map(({ title }) => title));
  const failing = before.failures.filter(({ title }) => !known.has(title));
  if (failing.length === 0) {
    const also = known.size > 0 ? `, ${known.size} fail on both` : "";
    return { reason: `no test fails before the repair and passes after it${also}` };
  }
  return {
    failing,
    isOfFix: fix.tests.length > 0,
    judge: async (patch) => {
      const patched = await run("patched", base, patch);
      if (patched.complaint !== null) return patched.complaint;
      return patched.failures
        .filter(({ title }) => !known.has(title))
        .map(({ title, message }) => `${title}: ${message}`)
        .join("; ");
    },
  };
}
