import type { TestStyle } from "../../analysis/fixers/regression/test-style.ts";
import type { SandboxResult } from "./sandbox-port.ts";
import type { TreeRuns } from "./tree-runs.ts";

const probeTimeoutMs = 20_000;

/**
 * Puts a probe where the regression test will stand, runs it in the tree of a commit with diffs applied, and answers
 * the JSON that it wrote, unread.
 */
export async function runProbe(
  runs: TreeRuns,
  at: { readonly commit: string; readonly diffs: readonly string[] },
  probe: { readonly style: TestStyle; readonly source: string },
): Promise<{ readonly written: unknown; readonly log: string } | { readonly reason: string }> {
  const { style, source } = probe;
  const prepared = await runs.prepare(at.commit, at.diffs, [{ path: style.path, text: source }]);
  if ("reason" in prepared) return { reason: prepared.reason };
  // Node runs a test file by itself too, without a second process.
  const words = style.runner === "node" ? style.command.filter((word) => !word.startsWith("--test")) : style.command;
  const result = await runs.run(prepared.tree, [...words, style.path], probeTimeoutMs);
  const written = parse(result);
  return written === undefined
    ? { reason: `Nothing came back from the sandbox: ${lastLine(result.log)}` }
    : { written, log: result.log };
}

function parse(result: SandboxResult): unknown {
  try {
    return result.result === null ? undefined : JSON.parse(result.result);
  } catch {
    return undefined;
  }
}

function lastLine(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? "it printed nothing").trim().slice(0, 300);
}
