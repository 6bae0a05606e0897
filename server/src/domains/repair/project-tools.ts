import { readSuiteReport, worsened } from "../../analysis/fixers/compare-suites.ts";
import { objectOf, readJsonObject } from "../../analysis/fixers/read-json-object.ts";
import { describeEnd } from "./proof-steps.ts";
import type { SandboxResult } from "./sandbox-port.ts";
import type { PreparedTree, TreeRuns } from "./tree-runs.ts";

/** What one of the project's own tools said about a change. */
export interface ProjectCheck {
  readonly kind: "types" | "lint" | "tests";
  /** The command, as people would type it. */
  readonly command: string;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** What it printed about the change. */
  readonly log: string;
}

/** A tool that the project has among its own dependencies. */
export interface Tool {
  readonly kind: ProjectCheck["kind"];
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

const toolMs = 60_000;
const shownMax = 10;
const lintable = /\.(?:[cm]?[jt]sx?|json|jsonc|css)$/i;

/** The project's own compiler and linters, as far as they concern these files. */
export function checkersOf(manifest: string | null, files: readonly string[], paths: readonly string[]): Tool[] {
  const installed = namesIn(manifest);
  const has = (name: string, config: RegExp) => installed.has(name) && files.some((path) => config.test(path));
  const tools: Tool[] = [];
  if (has("typescript", /^tsconfig\.json$/))
    tools.push({ kind: "types", command: ["tsc", "--noEmit", "--pretty", "false", "-p", "."], timeoutMs: toolMs });
  const linted = paths.filter((path) => lintable.test(path));
  if (linted.length > 0 && has("@biomejs/biome", /^biome\.jsonc?$/))
    tools.push({ kind: "lint", command: ["biome", "check", "--colors=off", ...linted], timeoutMs: toolMs });
  const scripts = linted.filter((path) => /\.[cm]?[jt]sx?$/i.test(path));
  if (scripts.length > 0 && has("eslint", /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?)$/))
    tools.push({ kind: "lint", command: ["eslint", "--no-color", ...scripts], timeoutMs: toolMs });
  return tools;
}

/**
 * Runs tools on a tree with a change. What fails is run without the change too: only what the change made worse is an error.
 * `base` is asked for the tree without it, at most once and only where it is needed.
 */
export async function runTools(
  runs: Pick<TreeRuns, "run">,
  tools: readonly Tool[],
  after: PreparedTree,
  base: () => Promise<PreparedTree | { readonly reason: string }>,
): Promise<{ readonly checks: readonly ProjectCheck[]; readonly reason: string | null }> {
  let before: PreparedTree | null = null;
  const checks: ProjectCheck[] = [];
  for (const tool of tools) {
    const result = await runs.run(after, tool.command, tool.timeoutMs);
    if (result.exitCode === 0) {
      checks.push(checkOf(tool, result, { errors: [], warnings: [] }));
      continue;
    }
    if (before === null) {
      const made = await base();
      if ("reason" in made) return { checks, reason: made.reason };
      before = made;
    }
    checks.push(checkOf(tool, result, compare(tool, await runs.run(before, tool.command, tool.timeoutMs), result)));
  }
  return { checks, reason: null };
}

function checkOf(tool: Tool, result: SandboxResult, found: Pick<ProjectCheck, "errors" | "warnings">): ProjectCheck {
  const { exitCode, durationMs, log } = result;
  return { kind: tool.kind, command: tool.command.join(" "), exitCode, durationMs, log, ...found };
}

/** What the change made worse is an error; what was bad before is a warning, and so is a tool that did not come to an end. */
function compare(tool: Tool, before: SandboxResult, after: SandboxResult): Pick<ProjectCheck, "errors" | "warnings"> {
  const name = tool.command.join(" ");
  if (after.end !== "exited") {
    const isNew = before.end === "exited";
    const text = `${name}: ${describeEnd(after)}${isNew ? "; without the change it ends" : ""}.`;
    return isNew ? { errors: [text], warnings: [] } : { errors: [], warnings: [text] };
  }
  if (tool.kind === "tests") {
    const worse = worsened(readSuiteReport(before.exitCode, before.log), readSuiteReport(after.exitCode, after.log));
    return worse === null
      ? { errors: [], warnings: ["The project's tests fail, as they did before."] }
      : { errors: [worse], warnings: [] };
  }
  const known = new Set(linesOf(before.log).map(withoutPlaces));
  const fresh = linesOf(after.log).filter((line) => !known.has(withoutPlaces(line)));
  if (fresh.length > 0) return { errors: fresh.slice(0, shownMax), warnings: [] };
  return before.exitCode === 0
    ? { errors: [`${name} fails with the change and not without it.`], warnings: [] }
    : { errors: [], warnings: [`${name} fails, as it did before.`] };
}

function linesOf(log: string): string[] {
  return log
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /\b(?:error|warning)\b|lint\/|✖|×/i.test(line) && !/\b\d+ (?:problems?|errors?)\b/i.test(line));
}

/** Line numbers move with every change. */
function withoutPlaces(line: string): string {
  return line.replace(/[(:]\d+[,:]\d+\)?/g, "").replace(/^\d+:\d+\s+/, "");
}

/** The names of a manifest's dependencies. */
export function namesIn(manifest: string | null): ReadonlySet<string> {
  const { dependencies, devDependencies } = readJsonObject(manifest);
  return new Set([dependencies, devDependencies].flatMap((one) => Object.keys(objectOf(one))));
}
