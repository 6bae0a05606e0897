import {
  type ActionList,
  actionListSchema,
  type ExecutionStarted,
  executionStartedSchema,
  type ReadyWorkflowList,
  readyWorkflowListSchema,
  type WorkflowCheck,
  type WorkflowDetail,
  type WorkflowList,
  type WorkflowSaved,
  type WorkflowStatus,
  type WorkflowUpgrade,
  type WorkflowVersionDetail,
  type WorkflowVersionList,
  workflowCheckSchema,
  workflowDetailSchema,
  workflowListSchema,
  workflowSavedSchema,
  workflowUpgradeSchema,
  workflowVersionDetailSchema,
  workflowVersionListSchema,
} from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

const path = (id: string, rest = "") => `/api/workflows/${encodeURIComponent(id)}${rest}`;

/** What a project can run: its own workflows and the built-in ones. */
export function readWorkflows(project: string, cursor: string | null, signal: AbortSignal): Promise<WorkflowList> {
  return fetchJson(`/api/workflows${queryString({ project, limit: 100, cursor })}`, workflowListSchema, { signal });
}

/** One workflow with its definition, its text and its triggers. */
export function readWorkflow(project: string, id: string, signal: AbortSignal): Promise<WorkflowDetail> {
  return fetchJson(path(id, queryString({ project })), workflowDetailSchema, { signal });
}

/** What is wrong with a text, and the definition that it says. */
export function checkWorkflow(project: string, text: string, signal: AbortSignal): Promise<WorkflowCheck> {
  const body = { text };
  return fetchJson(`/api/workflows/check${queryString({ project })}`, workflowCheckSchema, {
    method: "POST",
    body,
    signal,
  });
}

/** A new workflow of a project. */
export function createWorkflow(project: string, text: string): Promise<WorkflowSaved> {
  return fetchJson(`/api/workflows${queryString({ project })}`, workflowSavedSchema, {
    method: "POST",
    body: { text },
  });
}

/** Saves a text over the version that was seen. The answer holds the copy where the workflow is built in. */
export function saveWorkflow(project: string, id: string, text: string, baseVersion: number): Promise<WorkflowSaved> {
  const body = { text, base_version: baseVersion };
  return fetchJson(path(id, queryString({ project })), workflowSavedSchema, { method: "PUT", body });
}

/** Says that what the built-in workflow changed up to a version was taken into its copy, or was left out on purpose. */
export function acknowledgeUpgrade(
  project: string,
  workflow: Pick<WorkflowDetail, "id" | "yaml" | "version">,
  builtinVersion: number,
): Promise<WorkflowSaved> {
  const body = { text: workflow.yaml, base_version: workflow.version, upgraded_to: builtinVersion };
  return fetchJson(path(workflow.id, queryString({ project })), workflowSavedSchema, { method: "PUT", body });
}

/** Switches a workflow on, off, or away. */
export function moveWorkflow(project: string, id: string, status: WorkflowStatus): Promise<WorkflowSaved> {
  return fetchJson(path(id, queryString({ project })), workflowSavedSchema, { method: "PATCH", body: { status } });
}

/** Puts an edited copy back to the built-in workflow as it is now. */
export function resetWorkflow(project: string, id: string): Promise<WorkflowSaved> {
  return fetchJson(path(id, `/reset${queryString({ project })}`), workflowSavedSchema, { method: "POST", body: {} });
}

/** The versions of a workflow, newest first. */
export function readVersions(project: string, id: string, signal: AbortSignal): Promise<WorkflowVersionList> {
  return fetchJson(path(id, `/versions${queryString({ project, limit: 50 })}`), workflowVersionListSchema, { signal });
}

/** One version and its difference from the one before. */
export function readVersion(
  project: string,
  id: string,
  version: number,
  signal: AbortSignal,
): Promise<WorkflowVersionDetail> {
  const url = path(id, `/versions/${version}${queryString({ project })}`);
  return fetchJson(url, workflowVersionDetailSchema, { signal });
}

/** How an edited copy differs from the built-in workflow, and what that changed since. */
export function readUpgrade(project: string, id: string, signal: AbortSignal): Promise<WorkflowUpgrade> {
  return fetchJson(path(id, `/upgrade${queryString({ project })}`), workflowUpgradeSchema, { signal });
}

/** Starts a workflow by hand. */
export function runWorkflow(
  project: string,
  id: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<ExecutionStarted> {
  const url = path(id, `/run${queryString({ project })}`);
  return fetchJson(url, executionStartedSchema, { method: "POST", body: { inputs } });
}

/** The actions that steps are made of. */
export function readActions(signal: AbortSignal): Promise<ActionList> {
  return fetchJson("/api/actions", actionListSchema, { signal });
}

/** The workflows that come with Culprit as templates. */
export function readReadyWorkflows(project: string, signal: AbortSignal): Promise<ReadyWorkflowList> {
  return fetchJson(path("ready", queryString({ project })), readyWorkflowListSchema, { signal });
}

/** Takes a ready workflow into a project: `active` runs from now on. */
export function takeReadyWorkflow(project: string, name: string, status: "active" | "draft"): Promise<WorkflowSaved> {
  const url = path("ready", `/${encodeURIComponent(name)}${queryString({ project })}`);
  return fetchJson(url, workflowSavedSchema, { method: "POST", body: { status } });
}
