import { readSuiteReport, worsened } from "../../analysis/fixers/compare-suites.ts";
import { readTestStyle } from "../../analysis/fixers/regression/test-style.ts";
import { describeEnd } from "./proof-steps.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";
import type { SandboxResult } from "./sandbox-port.ts";
import { createTreeRuns, type PreparedTree, type TreeRuns } from "./tree-runs.ts";

/** What one of the project's own tools said about a change. */
export interface ProjectCheck {
  readonly kind: "types" | "lint" | "tests";
  /** The command, as people would type it. */
  readonly command: string;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

export interface ProjectTools {
  readonly checks: readonly ProjectCheck[];
  /** Why none ran, in words for people; null where some did. */
  readonly reason: string | null;
}

export interface ToolsRequest {
  readonly projectId: string;
  readonly path: string;
  readonly modified: string;
  readonly commit: string | null;
  readonly runTests: boolean;
  readonly checkSyntax: boolean;
  readonly checkStyle: boolean;
}

interface Tool {
  readonly kind: ProjectCheck["kind"];
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

/** The document's limit for tests. */
const testsMs = 30_000;
const toolMs = 60_000;
const shownMax = 10;

/**
 * Runs the project's own compiler, linters and tests on a copy of its tree with the change, in the sandbox and without network. What
 * fails is run without the change too: only what the change made worse is an error.
 */
export async function runProjectTools(deps: RepairDeps, request: ToolsRequest): Promise<ProjectTools> {
  const none = (reason: string): ProjectTools => ({ checks: [], reason });
  if (request.commit === null) return none("No commit of the project was named, so its own tools did not run.");
  const project = await deps.database.db
    .selectFrom("projects")
    .select("settings")
    .where("id", "=", request.projectId)
    .executeTakeFirst();
  const settings = (project?.settings ?? {}) as { allowUnisolatedProof?: unknown; allowInstallNetwork?: unknown };
  const sandbox = (await deps.sandbox()) ?? (settings.allowUnisolatedProof === true ? deps.unisolatedSandbox : null);
  if (sandbox === null) return none("This machine offers no isolation, so the project's own tools did not run.");
  const repository = await openWith(deps, request.projectId, request.commit);
  if (repository === null)
    return none(`No mirror of the project holds ${request.commit}, so its own tools did not run.`);
  try {
    const allowInstallNetwork = settings.allowInstallNetwork === true;
    const runs = createTreeRuns(deps, { allowInstallNetwork }, repository, sandbox);
    return await runAll(runs, repository, request, request.commit);
  } finally {
    await repository.close();
  }
}

async function runAll(
  runs: TreeRuns,
  repository: RepairRepository,
  request: ToolsRequest,
  commit: string,
): Promise<ProjectTools> {
  const tools = await toolsOf(repository, commit, request);
  if (tools.length === 0) return { checks: [], reason: "The project names no compiler, linter or tests." };
  const diff = await repository.diffOfEdits(commit, [{ path: request.path, text: request.modified }]);
  const after = await runs.prepare(commit, diff === "" ? [] : [diff]);
  if ("reason" in after) return { checks: [], reason: after.reason };
  let base: PreparedTree | null = null;
  const checks: ProjectCheck[] = [];
  for (const tool of tools) {
    const result = await runs.run(after.tree, tool.command, tool.timeoutMs);
    if (result.exitCode === 0) {
      checks.push(checkOf(tool, result, { errors: [], warnings: [] }));
      continue;
    }
    if (base === null) {
      const before = await runs.prepare(commit, []);
      if ("reason" in before) return { checks, reason: before.reason };
      base = before.tree;
    }
    checks.push(checkOf(tool, result, compare(tool, await runs.run(base, tool.command, tool.timeoutMs), result)));
  }
  return { checks, reason: null };
}

function checkOf(tool: Tool, result: SandboxResult, found: Pick<ProjectCheck, "errors" | "warnings">): ProjectCheck {
  const { exitCode, durationMs } = result;
  return { kind: tool.kind, command: tool.command.join(" "), exitCode, durationMs, ...found };
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

async function toolsOf(repository: RepairRepository, commit: string, request: ToolsRequest): Promise<Tool[]> {
  const manifest = await repository.readFile(commit, "package.json");
  const files = (await repository.listFiles(commit)).map(({ path }) => path);
  const installed = namesIn(manifest);
  const has = (name: string, config: RegExp) => installed.has(name) && files.some((path) => config.test(path));
  const { path } = request;
  const tools: Tool[] = [];
  if (request.checkSyntax && has("typescript", /^tsconfig\.json$/))
    tools.push({ kind: "types", command: ["tsc", "--noEmit", "--pretty", "false", "-p", "."], timeoutMs: toolMs });
  if (request.checkStyle && has("@biomejs/biome", /^biome\.jsonc?$/))
    tools.push({ kind: "lint", command: ["biome", "check", "--colors=off", path], timeoutMs: toolMs });
  if (request.checkStyle && has("eslint", /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?)$/))
    tools.push({ kind: "lint", command: ["eslint", "--no-color", path], timeoutMs: toolMs });
  const { suite } = readTestStyle(manifest, files, path, request.modified);
  if (request.runTests && suite !== null)
    tools.push({ kind: "tests", command: ["sh", "-c", suite], timeoutMs: testsMs });
  return tools;
}

function namesIn(manifest: string | null): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(manifest ?? "{}");
    const { dependencies, devDependencies } = (typeof value === "object" && value !== null ? value : {}) as Record<
      string,
      unknown
    >;
    return new Set(
      [dependencies, devDependencies].flatMap((one) =>
        typeof one === "object" && one !== null ? Object.keys(one) : [],
      ),
    );
  } catch {
    return new Set();
  }
}

/** The first of the project's mirrors that holds the commit. */
async function openWith(deps: RepairDeps, projectId: string, commit: string): Promise<RepairRepository | null> {
  const rows = await deps.database.db
    .selectFrom("repositories")
    .select("id")
    .where("project_id", "=", projectId)
    .orderBy("created_at")
    .execute();
  for (const { id } of rows) {
    const repository = await deps.openRepository(id);
    if (repository === null) continue;
    if (await repository.hasCommit(commit)) return repository;
    await repository.close();
  }
  return null;
}
