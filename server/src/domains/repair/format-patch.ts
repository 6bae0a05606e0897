import type { PatchKind } from "../../analysis/fixers/proposal.ts";
import type { GatedPatch } from "./gate-patch.ts";
import { filesOfPackage, insidePackage } from "./package-folder.ts";
import { namesIn } from "./project-tools.ts";
import { describeEnd, noteStep, type ProofStep } from "./proof-steps.ts";
import type { RegressionTest } from "./regression-test.ts";
import type { RepairContext } from "./repair-context.ts";
import type { TreeRuns } from "./tree-runs.ts";

interface Formatter {
  readonly name: string;
  /** The words before the path of the file that comes on standard input. */
  readonly command: readonly string[];
  readonly files: RegExp;
}

interface Formatted {
  readonly path: string;
  /** Null where the formatter did not take the text, or there was none. */
  readonly before: string | null;
  readonly after: string | null;
}

const timeoutMs = 30_000;
const jobsFile = ".culprit-format.json";
const script = `
const fs = require("node:fs");
const { spawnSync } = require("node:child_process");
const jobs = JSON.parse(fs.readFileSync("${jobsFile}", "utf8"));
fs.rmSync("${jobsFile}");
const [program, ...words] = process.argv.slice(1);
const format = (path, input) => {
  const last = words.at(-1) ?? "";
  const args = last.endsWith("=") ? [...words.slice(0, -1), last + path] : [...words, path];
  const { status, stdout } = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 1 << 26 });
  return status === 0 && stdout !== "" ? stdout : null;
};
const done = jobs.map(({ path, before, after }) => ({ path, before: before && format(path, before), after: format(path, after) }));
fs.writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify(done));
`;

/**
 * The patch as the project's own formatter lays it out, where the project has one and keeps the changed files by it: a file that
 * was not formatted before is left as it is, else the patch would be lost among white space. A revert brings back what was there
 * and stays as it is; so does a patch that the formatter does not take.
 */
export async function formatPatch(
  ctx: RepairContext,
  runs: TreeRuns,
  kind: PatchKind,
  patch: GatedPatch,
): Promise<{ readonly patch: GatedPatch; readonly steps: readonly ProofStep[] }> {
  const formatter = kind === "revert" ? null : formatterOf(ctx.manifest, filesOfPackage(ctx.packageFolder, ctx.files));
  if (formatter === null) return { patch, steps: [] };
  const jobs = [];
  for (const [path, after] of patch.texts)
    if (after !== null && formatter.files.test(path))
      jobs.push({ path, before: await ctx.repository.readFile(ctx.base, path), after });
  if (jobs.length === 0) return { patch, steps: [] };
  const note = noteOf(formatter, "format with the project's formatter");
  const ran = await runFormatter(ctx, runs, formatter, jobs);
  if ("reason" in ran) return { patch, steps: [note(ran.outcome, ran.reason)] };
  const texts = new Map(patch.texts);
  const words = jobs.map(({ path, before, after }) => {
    const one = ran.found.get(path);
    if (one?.after == null) return `${path}: ${formatter.name} does not take it.`;
    if (before !== null && one.before !== before) return `${path} is not kept by ${formatter.name}; left as it is.`;
    texts.set(path, one.after);
    return one.after === after ? `${path}: nothing to change.` : `${path}: formatted.`;
  });
  const edits = [...texts].map(([path, text]) => ({ path, text }));
  const diff = await ctx.repository.diffOfEdits(ctx.base, edits);
  // Where only the layout was wrong nothing is left, and the patch stays what it was.
  return { patch: diff === "" ? patch : { ...patch, diff, texts }, steps: [note("passed", words.join("\n"))] };
}

/**
 * A generated test as the project's own formatter lays it out, else the check of its layout in the project's CI would fail on it. One that the
 * formatter does not take stays as it is.
 */
export async function formatTest(ctx: RepairContext, runs: TreeRuns, test: RegressionTest): Promise<RegressionTest> {
  const formatter = formatterOf(ctx.manifest, filesOfPackage(ctx.packageFolder, ctx.files));
  if (formatter === null || !formatter.files.test(test.path)) return test;
  const note = noteOf(formatter, "format the test with the project's formatter");
  const { path, source } = test;
  const ran = await runFormatter(ctx, runs, formatter, [{ path, before: null, after: source }]);
  const text = "reason" in ran ? null : (ran.found.get(path)?.after ?? null);
  if ("reason" in ran) return { ...test, steps: [...test.steps, note(ran.outcome, ran.reason)] };
  const step =
    text === null
      ? note("failed", `${path}: ${formatter.name} does not take it.`)
      : note("passed", text === source ? `${path}: nothing to change.` : `${path}: formatted.`);
  return { ...test, source: text ?? source, steps: [...test.steps, step] };
}

function noteOf(formatter: Formatter, name: string): (outcome: ProofStep["outcome"], log: string) => ProofStep {
  const startedAt = performance.now();
  return (outcome, log) => noteStep(name, formatter.name, outcome, log, performance.now() - startedAt);
}

interface Job {
  /** In the repository. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

/** What the formatter makes of each text, by its path in the repository; or why it did not run. */
async function runFormatter(
  ctx: RepairContext,
  runs: TreeRuns,
  formatter: Formatter,
  jobs: readonly Job[],
): Promise<
  | { readonly found: ReadonlyMap<string, Formatted> }
  | { readonly reason: string; readonly outcome: "skipped" | "failed" }
> {
  const inside = jobs.map((job) => ({ ...job, path: insidePackage(ctx.packageFolder, job.path) }));
  const listed = ctx.packageFolder === "" ? jobsFile : `${ctx.packageFolder}/${jobsFile}`;
  const prepared = await runs.prepare(ctx.base, [], [{ path: listed, text: JSON.stringify(inside) }]);
  if ("reason" in prepared) return { reason: prepared.reason, outcome: "skipped" };
  const result = await runs.run(prepared.tree, ["node", "-e", script, ...formatter.command], timeoutMs);
  const formatted = read(result.result);
  if (formatted === null) return { reason: `${describeEnd(result)}\n${result.log}`, outcome: "failed" };
  const byPath = new Map(formatted.map((entry) => [entry.path, entry]));
  return {
    found: new Map(
      jobs.flatMap(({ path }) => {
        const one = byPath.get(insidePackage(ctx.packageFolder, path));
        return one === undefined ? [] : [[path, one] as const];
      }),
    ),
  };
}

function formatterOf(manifest: string | null, files: readonly string[]): Formatter | null {
  const installed = namesIn(manifest);
  if (installed.has("@biomejs/biome") && files.some((path) => /^biome\.jsonc?$/.test(path)))
    return {
      name: "biome",
      command: ["biome", "format", "--stdin-file-path="],
      files: /\.(?:[cm]?[jt]sx?|jsonc?|css|graphql|html)$/,
    };
  if (!installed.has("prettier")) return null;
  return {
    name: "prettier",
    command: ["prettier", "--stdin-filepath"],
    files: /\.(?:[cm]?[jt]sx?|jsonc?|json5|css|scss|less|html|vue|md|mdx|ya?ml|graphql)$/,
  };
}

function read(result: string | null): readonly Formatted[] | null {
  try {
    const value: unknown = JSON.parse(result ?? "null");
    if (!Array.isArray(value)) return null;
    const textOrNull = (text: unknown): string | null => (typeof text === "string" ? text : null);
    return value.map((entry: { path?: unknown; before?: unknown; after?: unknown } | null) => ({
      path: String(entry?.path),
      before: textOrNull(entry?.before),
      after: textOrNull(entry?.after),
    }));
  } catch {
    return null;
  }
}
