import { type ExportedFunction, exportedFunctions } from "../../analysis/fixers/regression/exported-functions.ts";
import { instrumentSource } from "../../analysis/fixers/regression/instrument-source.ts";
import { literalOf, type Recorded } from "../../analysis/fixers/regression/literal.ts";
import type { TestStyle } from "../../analysis/fixers/regression/test-style.ts";
import type { ProofStep } from "./proof-steps.ts";
import type { RepairContext } from "./repair-context.ts";
import type { TreeRuns } from "./tree-runs.ts";

/** An exported function on the failing stack. */
export interface StackFunction {
  readonly path: string;
  readonly source: string;
  readonly exported: ExportedFunction;
}

/** By `keyOf` of the function: each input once. */
export interface RecordedInputs {
  readonly inputs: ReadonlyMap<string, readonly (readonly Recorded[])[]>;
}

const functionsMax = 4;
const inputsMax = 24;
const suiteMs = 60_000;

/** The exported functions that the failing frames lie in, innermost first: what a test can call. */
export async function functionsOnStack(ctx: RepairContext): Promise<StackFunction[]> {
  const found = new Map<string, StackFunction>();
  for (const frame of ctx.frames) {
    if (found.size >= functionsMax || !/\.[cm]?[jt]sx?$/.test(frame.path)) continue;
    const source = await ctx.repository.readFile(ctx.base, frame.path);
    const tree = source === null ? null : ctx.deps.parseModule(frame.path, source);
    if (source === null || tree === null) continue;
    const offset =
      source
        .split("\n")
        .slice(0, frame.line - 1)
        .join("\n").length + 1;
    const around = exportedFunctions(tree).filter(
      (entry) => lineOf(source, entry.start) <= frame.line && entry.end >= offset,
    );
    const [exported] = around.sort((a, b) => a.end - a.start - (b.end - b.start));
    if (exported !== undefined)
      found.set(keyOf(frame.path, exported.exportName), { path: frame.path, source, exported });
  }
  return [...found.values()];
}

/** Names a function of the repository. */
export function keyOf(path: string, exportName: string): string {
  return `${path}#${exportName}`;
}

/**
 * The arguments that the project's own tests call the functions with, directly or from deep inside: the suite runs once
 * over modules that note them. Only what can be written as source; or why the project's code can't be run at all.
 */
export async function recordInputs(
  ctx: RepairContext,
  runs: TreeRuns,
  style: TestStyle,
  functions: readonly StackFunction[],
): Promise<RecordedInputs | { readonly reason: string; readonly steps: readonly ProofStep[] }> {
  const inputs = new Map<string, Map<string, readonly Recorded[]>>();
  if (style.suite === null) return { inputs: new Map() };
  const edits = [...new Set(functions.map((entry) => entry.path))].flatMap((path) => {
    const here = functions.filter((entry) => entry.path === path);
    const source = here[0]?.source ?? "";
    const text = instrumentSource(
      source,
      style.isModule,
      here.map((entry) => entry.exported),
      (name) => keyOf(path, name),
    );
    return text === null ? [] : [{ path, text }];
  });
  if (edits.length === 0) return { inputs: new Map() };
  const prepared = await runs.prepare(ctx.base, [], edits);
  if ("reason" in prepared) return prepared;
  const { result } = await runs.run(
    prepared.tree,
    ["sh", "-c", style.suite],
    Math.min(suiteMs, ctx.deps.suiteTimeoutMs ?? suiteMs),
  );
  for (const line of (result ?? "").split("\n")) {
    const note = parseNote(line);
    if (note === null || note.args.some((arg) => literalOf(arg) === null)) continue;
    const known = inputs.get(note.f) ?? new Map<string, readonly Recorded[]>();
    if (known.size < inputsMax) known.set(JSON.stringify(note.args), note.args);
    inputs.set(note.f, known);
  }
  return { inputs: new Map([...inputs].map(([key, known]) => [key, [...known.values()]])) };
}

function parseNote(line: string): { readonly f: string; readonly args: readonly Recorded[] } | null {
  try {
    const value = JSON.parse(line) as { f?: unknown; args?: unknown } | null;
    if (typeof value?.f !== "string" || !Array.isArray(value.args)) return null;
    return { f: value.f, args: value.args as readonly Recorded[] };
  } catch {
    return null;
  }
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}
