import { readTestStyle } from "../../analysis/fixers/regression/test-style.ts";
import { projectRepositoryRows } from "../change/index.ts";
import { openRepositoryWith } from "./open-repository-with.ts";
import { checkersOf, type ProjectCheck, runTools, type Tool } from "./project-tools.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";
import { createTreeRuns, type TreeRuns } from "./tree-runs.ts";

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

/** The document's limit for tests. */
const testsMs = 30_000;

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
  const isolated = await deps.sandbox();
  const sandbox = "reason" in isolated && settings.allowUnisolatedProof === true ? deps.unisolatedSandbox : isolated;
  if ("reason" in sandbox) return none(`The project's own tools did not run. ${sandbox.reason}`);
  const rows = await projectRepositoryRows(deps.database.db, request.projectId);
  const opened = await openRepositoryWith(
    deps,
    rows.map(({ id }) => id),
    request.commit,
  );
  if ("reason" in opened) return none(`The project's own tools did not run. ${opened.reason}`);
  const { repository } = opened;
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
  return runTools(runs, tools, after.tree, async () => {
    const before = await runs.prepare(commit, []);
    return "reason" in before ? before : before.tree;
  });
}

async function toolsOf(repository: RepairRepository, commit: string, request: ToolsRequest): Promise<Tool[]> {
  const manifest = await repository.readFile(commit, "package.json");
  const files = (await repository.listFiles(commit)).map(({ path }) => path);
  const wanted = { types: request.checkSyntax, lint: request.checkStyle, tests: true };
  const tools = checkersOf(manifest, files, [request.path]).filter(({ kind }) => wanted[kind]);
  const { suite } = readTestStyle(manifest, files, request.path, request.modified);
  if (request.runTests && suite !== null)
    tools.push({ kind: "tests", command: ["sh", "-c", suite], timeoutMs: testsMs });
  return tools;
}
