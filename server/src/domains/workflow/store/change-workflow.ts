import type { WorkflowProblem, WorkflowStatus } from "@culprit/contract";
import type { Transaction } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ActionTypes } from "../definition/action-types.ts";
import { type CheckedDefinition, parseDefinition, parseDefinitionValue } from "../definition/parse-definition.ts";
import { findWorkflow, loadOthers, loadVersion, type WorkflowRow } from "./load-workflow.ts";
import { type Saved, type SaveRequest, saveWorkflow } from "./save-workflow.ts";

/** A workflow as somebody wrote it: the text of a file, or the definition or rows as JSON. */
export type Written = { readonly text: string } | { readonly value: unknown };

export interface ChangeRequest {
  readonly projectId: string;
  readonly written: Written;
  readonly by: Who;
  readonly workflowId?: string | undefined;
  readonly baseVersion?: number | undefined;
  /** The version of the built-in workflow that a copy now takes account of. */
  readonly upgradedTo?: number | undefined;
  readonly mustBeNew?: boolean;
  readonly source?: SaveRequest["source"];
}

export interface Changed extends Saved {
  readonly warnings: readonly WorkflowProblem[];
}

/** Checks a workflow against the actions and the project's other workflows. Stores nothing. */
export async function checkWorkflow(
  scope: DatabaseScope,
  request: { readonly projectId: string | null; readonly written: Written; readonly actions: ActionTypes },
): Promise<CheckedDefinition> {
  const { projectId, written, actions } = request;
  const others = projectId === null ? null : await loadOthers(scope.db, projectId);
  return "text" in written
    ? parseDefinition(written.text, { actions, others })
    : parseDefinitionValue(written.value, { actions, others });
}

/** A definition in which nothing is wrong, with the warnings about it. @throws CulpritError WORKFLOW_INVALID with all problems. */
export async function requireValid(scope: DatabaseScope, request: Parameters<typeof checkWorkflow>[1]) {
  const { definition, problems } = await checkWorkflow(scope, request);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (definition === null || errors.length > 0) throw invalid(errors);
  return { definition, warnings: problems.filter(({ severity }) => severity === "warning") };
}

/**
 * Checks and saves a workflow. A built-in one is not changed: the project gets a copy of the same name, which runs in its
 * place from then on.
 * @throws CulpritError WORKFLOW_INVALID with all problems, CONFLICT or NOT_FOUND.
 */
export async function changeWorkflow(
  scope: DatabaseScope,
  actions: ActionTypes,
  request: ChangeRequest,
): Promise<Changed> {
  const { projectId, by } = request;
  const { definition, warnings } = await requireValid(scope, { projectId, written: request.written, actions });
  return scope.transaction(async (tx) => {
    const target = await targetOf(tx, request, definition.name);
    const { baseVersion, mustBeNew = false, source } = request;
    if (baseVersion !== undefined && target !== null && baseVersion !== target.version)
      throw changedMeanwhile(target, baseVersion);
    const base = { projectId, definition, by, ...(source === undefined ? {} : { source }) };
    if (target === null) return { ...(await saveWorkflow(tx, { ...base, mustBeNew: true })), warnings };
    if (target.project_id === null) {
      // Under a name of its own it is a workflow like any other, and the built-in one goes on.
      const copied = target.name === definition.name ? { copiedFrom: { id: target.id, version: target.version } } : {};
      return { ...(await saveWorkflow(tx, { ...base, ...copied, mustBeNew: true })), warnings };
    }
    if (mustBeNew) throw nameTaken(target.name);
    if (target.source === "repository" && source?.kind !== "repository") throw keptInRepository(target);
    const upgraded =
      request.upgradedTo === undefined || target.copied_from === null
        ? {}
        : { copiedFrom: { id: target.copied_from, version: request.upgradedTo } };
    return { ...(await saveWorkflow(tx, { ...base, ...upgraded, workflowId: target.id })), warnings };
  });
}

/** The workflow that is meant: by id, or by the name that is written; null where it is new. */
async function targetOf(tx: Transaction<DB>, request: ChangeRequest, name: string): Promise<WorkflowRow | null> {
  const { projectId, workflowId } = request;
  try {
    const row = await findWorkflow(tx, workflowId === undefined ? { name, projectId } : { id: workflowId });
    if (row.project_id === null || row.project_id === projectId) return row;
  } catch (error) {
    if (!(error instanceof CulpritError && error.code === "NOT_FOUND")) throw error;
    if (workflowId === undefined) return null;
  }
  throw new CulpritError("NOT_FOUND", "There is no such workflow in this project.");
}

function changedMeanwhile({ name, version }: WorkflowRow, baseVersion: number): CulpritError {
  return new CulpritError(
    "CONFLICT",
    `The workflow ${name} was changed meanwhile: it is at version ${version}, your change was made on ${baseVersion}. Load it, and make your change there.`,
  );
}

function nameTaken(name: string): CulpritError {
  return new CulpritError(
    "CONFLICT",
    `There is a workflow named ${name} already. Change that one, or take another name.`,
  );
}

function keptInRepository({ name, source_path: path }: WorkflowRow): CulpritError {
  return new CulpritError(
    "CONFLICT",
    `The workflow ${name} is kept in the repository, in ${path}: a change made here would be lost with the next push. Change the file.`,
  );
}

/**
 * Switches a workflow on or off. A built-in one stays as it is: the project gets a copy with that status, which stands in
 * its place. @returns the workflow that has the status now. @throws CulpritError NOT_FOUND.
 */
export async function setWorkflowStatus(
  scope: DatabaseScope,
  request: {
    readonly workflowId: string;
    readonly projectId: string;
    readonly status: WorkflowStatus;
    readonly by: Who;
  },
): Promise<Changed> {
  const { workflowId, projectId, status, by } = request;
  return scope.transaction(async (tx) => {
    const row = await findWorkflow(tx, { id: workflowId });
    if (row.project_id !== null && row.project_id !== projectId)
      throw new CulpritError("NOT_FOUND", "There is no such workflow in this project.");
    const { definition } = await loadVersion(tx, row.id, row.version);
    const isCopied = row.project_id === null;
    const saved = await saveWorkflow(tx, {
      projectId,
      definition: { ...definition, status },
      by,
      ...(isCopied ? { copiedFrom: { id: row.id, version: row.version }, mustBeNew: true } : { workflowId: row.id }),
    });
    await audit(tx, by, {
      projectId,
      action: `workflow.${status}`,
      targetType: "workflow",
      targetId: saved.workflowId,
      details: { name: row.name },
    });
    const warnings = isCopied && status !== "active" ? [switchedOff(row.name)] : [];
    return { ...saved, isChanged: row.status !== status, warnings };
  });
}

function switchedOff(name: string): WorkflowProblem {
  const effect =
    name === "incident-response"
      ? "New incidents of this project are no longer investigated, and nobody is told of them."
      : "What it did for this project is not done from now on.";
  return {
    line: null,
    column: null,
    field: "status",
    message: `${effect} A copy that is switched off stands in the place of the built-in workflow; resetting it brings that back.`,
    severity: "warning",
  };
}

/**
 * Brings the built-in workflow back in the place of a project's copy. What ran keeps its history: the copy is put aside,
 * archived under a name of its own. @returns the built-in workflow's id. @throws CulpritError NOT_FOUND, or CONFLICT when it is no copy.
 */
export async function resetWorkflow(
  scope: DatabaseScope,
  request: { readonly workflowId: string; readonly projectId: string; readonly by: Who; readonly at: Date },
): Promise<string> {
  const { workflowId, projectId, by, at } = request;
  return scope.transaction(async (tx) => {
    const copy = await findWorkflow(tx, { id: workflowId });
    if (copy.project_id !== projectId)
      throw new CulpritError("NOT_FOUND", "There is no such workflow in this project.");
    if (copy.copied_from === null)
      throw new CulpritError(
        "CONFLICT",
        `The workflow ${copy.name} is no copy of a built-in one. Archive it where it is no longer wanted.`,
      );
    const stamp = at.toISOString().slice(0, 19).replaceAll(":", ".").replace("T", " ");
    await tx
      .updateTable("workflows")
      .set({
        name: `${copy.name.slice(0, 220)} - until ${stamp}`,
        status: "archived",
        copied_from: null,
        copied_version: null,
      })
      .where("id", "=", copy.id)
      .where("project_id", "=", projectId)
      .execute();
    await audit(tx, by, {
      projectId,
      action: "workflow.reset",
      targetType: "workflow",
      targetId: copy.id,
      details: { name: copy.name },
    });
    return copy.copied_from;
  });
}

/** The error that holds all problems of a workflow and names the first. */
export function invalid(errors: readonly WorkflowProblem[]): CulpritError {
  const [first] = errors;
  const place = first?.line === null || first === undefined ? "" : `Line ${first.line}, `;
  const more = errors.length > 1 ? ` And ${errors.length - 1} more.` : "";
  return new CulpritError(
    "WORKFLOW_INVALID",
    `${place}${first?.field === "" ? "" : `${first?.field}: `}${first?.message}${more}`,
    {
      details: { ...(first === undefined ? {} : { field: first.field }), problems: errors },
    },
  );
}
