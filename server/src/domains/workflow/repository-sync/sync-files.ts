import type { WorkflowProblem } from "@culprit/contract";
import { sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ActionTypes } from "../definition/action-types.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import { type Changed, changeWorkflow } from "../store/change-workflow.ts";

/** Where a repository keeps its workflows. */
export const WORKFLOW_FOLDER = ".culprit/workflows";
const FILES_MAX = 200;
const repositoryItself: Who = { type: "system", id: null, name: "repository" };

/** Whether a path is a workflow's file: right inside the folder, YAML or JSON. */
export function isWorkflowFile(path: string): boolean {
  return /^\.culprit\/workflows\/[^/]+\.(ya?ml|json)$/.test(path);
}

export interface RepositoryFiles {
  readonly commit: string;
  /** By path; null for one that can't be read as text. */
  readonly files: ReadonlyMap<string, string | null>;
}

/** What became of one file. A broken one leaves the last good version as it is. */
export interface FileOutcome {
  readonly path: string;
  readonly outcome: "created" | "changed" | "unchanged" | "broken" | "archived";
  /** The workflow's name; null where the file does not even say it. */
  readonly workflow: string | null;
  readonly problems: readonly WorkflowProblem[];
}

interface Kept {
  readonly id: string;
  readonly name: string;
  readonly source_path: string;
  readonly status: string;
}

/**
 * Makes a project's workflows what the files of its repository say at a commit: new and changed ones are saved, those whose file is
 * gone are archived, a broken file changes nothing and its problems are told by line. Doing it twice changes nothing.
 */
export async function syncRepositoryFiles(
  scope: DatabaseScope,
  actions: ActionTypes,
  { projectId, commit, files }: RepositoryFiles & { readonly projectId: string },
): Promise<readonly FileOutcome[]> {
  const { rows: kept } = await sql<Kept>`
    SELECT id, name, source_path, status FROM workflows WHERE project_id = ${projectId} AND source = 'repository'`.execute(
    scope.db,
  );
  const outcomes = new Map<string, FileOutcome>();
  const owners = new Map<string, string>();
  const saved: string[] = [];
  const readable: { path: string; text: string; name: string | null }[] = [];
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = text === null ? null : (parseDefinition(text, { actions, others: null }).definition?.name ?? null);
    const owner = name === null ? undefined : owners.get(name);
    if (text === null) outcomes.set(path, broken(path, null, "It is no text, or over 1 MB."));
    else if (readable.length >= FILES_MAX) outcomes.set(path, broken(path, name, `Only ${FILES_MAX} files are read.`));
    else if (owner !== undefined)
      outcomes.set(
        path,
        broken(path, name, `The workflow ${name} is kept in ${owner} already. Take another name.`, "name"),
      );
    else {
      if (name !== null) owners.set(name, path);
      readable.push({ path, text, name });
    }
  }
  // One may run another that comes later: who failed is tried again for as long as that helps.
  for (let waiting = readable, before = Number.POSITIVE_INFINITY; waiting.length > 0 && waiting.length < before; ) {
    before = waiting.length;
    const failed: typeof readable = [];
    for (const file of waiting) {
      const { workflowId, ...outcome } = await saveFile(scope, actions, { projectId, commit, kept, ...file });
      outcomes.set(file.path, outcome);
      if (workflowId !== null) saved.push(workflowId);
      if (outcome.outcome === "broken") failed.push(file);
    }
    waiting = failed;
  }
  const brokenPaths = [...outcomes.values()].filter(({ outcome }) => outcome === "broken").map(({ path }) => path);
  for (const gone of await archiveGone(scope, projectId, { saved, brokenPaths })) {
    if (!outcomes.has(gone.path)) outcomes.set(gone.path, gone);
  }
  return [...outcomes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function saveFile(
  scope: DatabaseScope,
  actions: ActionTypes,
  file: {
    readonly projectId: string;
    readonly commit: string;
    readonly kept: readonly Kept[];
    readonly path: string;
    readonly text: string;
    readonly name: string | null;
  },
): Promise<FileOutcome & { readonly workflowId: string | null }> {
  const { projectId, commit, kept, path, text, name } = file;
  // The file is the workflow, whatever name it gives it; unless another workflow has that name already.
  const own = kept.find((row) => row.source_path === path);
  const isTaken = kept.some((row) => row.name === name && row.id !== own?.id);
  try {
    const changed: Changed = await changeWorkflow(scope, actions, {
      projectId,
      written: { text },
      by: repositoryItself,
      source: { kind: "repository", path, commit },
      ...(own === undefined || isTaken ? {} : { workflowId: own.id }),
    });
    const outcome = changed.isNew
      ? "created"
      : changed.isChanged || own?.status === "archived"
        ? "changed"
        : "unchanged";
    return { path, outcome, workflow: name, problems: changed.warnings, workflowId: changed.workflowId };
  } catch (error) {
    if (!(error instanceof CulpritError)) throw error;
    if (error.code !== "WORKFLOW_INVALID" && error.code !== "CONFLICT") throw error;
    const found = error.details.problems;
    const outcome: FileOutcome =
      found === undefined
        ? broken(path, name, error.message, error.code === "CONFLICT" ? "name" : "")
        : { path, outcome: "broken", workflow: name, problems: found };
    return { ...outcome, workflowId: null };
  }
}

/** Archives the workflows that no file is any more; that of a broken one stays. What ran keeps its history. */
async function archiveGone(
  scope: DatabaseScope,
  projectId: string,
  { saved, brokenPaths }: { readonly saved: readonly string[]; readonly brokenPaths: readonly string[] },
): Promise<readonly FileOutcome[]> {
  return scope.transaction(async (tx) => {
    const { rows } = await sql<{ id: string; name: string; source_path: string }>`
      UPDATE workflows SET status = 'archived'
      WHERE project_id = ${projectId} AND source = 'repository' AND status <> 'archived'
        AND id <> ALL(${saved}::uuid[]) AND source_path <> ALL(${brokenPaths}::text[])
      RETURNING id, name, source_path`.execute(tx);
    for (const row of rows) {
      await audit(tx, repositoryItself, {
        projectId,
        action: "workflow.archived",
        targetType: "workflow",
        targetId: row.id,
        details: { name: row.name, reason: `${row.source_path} is gone from the repository.` },
      });
    }
    return rows.map(({ name, source_path: path }) => ({ path, outcome: "archived", workflow: name, problems: [] }));
  });
}

function broken(path: string, workflow: string | null, message: string, field = ""): FileOutcome {
  return {
    path,
    outcome: "broken",
    workflow,
    problems: [{ line: null, column: null, field, message, severity: "error" }],
  };
}
