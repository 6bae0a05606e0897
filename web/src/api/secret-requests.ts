import { type WorkflowSecretList, workflowSecretListSchema } from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

const path = (project: string, name: string) =>
  `/api/workflow-secrets/${encodeURIComponent(name)}${queryString({ project })}`;

/** The names of a project's secrets; their values are never told. */
export function readSecrets(project: string, signal: AbortSignal): Promise<WorkflowSecretList> {
  return fetchJson(`/api/workflow-secrets${queryString({ project })}`, workflowSecretListSchema, { signal });
}

/** Sets a secret or replaces its value. */
export async function setSecret(project: string, name: string, value: string): Promise<void> {
  await fetchJson(path(project, name), z.unknown(), { method: "PUT", body: { value } });
}

/** Takes a secret away; steps that name it fail from then on. */
export async function deleteSecret(project: string, name: string): Promise<void> {
  await fetchJson(path(project, name), z.unknown(), { method: "DELETE" });
}
