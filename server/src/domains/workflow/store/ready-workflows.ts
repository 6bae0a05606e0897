import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ReadyWorkflow,
  readyWorkflowGroups,
  type Step,
  type WorkflowDefinition,
  type WorkflowStatus,
} from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { ActionTypes } from "../definition/action-types.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import { type Changed, changeWorkflow } from "./change-workflow.ts";

/** The folder of the workflows that a project can take. */
export const readyFolder = new URL("../../../../workflows/ready/", import.meta.url);

/** A ready workflow as its file has it. */
export interface ReadyFile {
  readonly definition: WorkflowDefinition;
  readonly yaml: string;
  readonly group: ReadyWorkflow["group"];
  readonly needs: readonly string[];
}

/**
 * The ready workflows, checked, by group and name. What the first lines of a file say (`# Group: …`, `# Needs: …`) is for the page.
 * @throws Error which names each problem with its file and line.
 */
export function readReadyWorkflows(actions: ActionTypes, folder: URL = readyFolder): readonly ReadyFile[] {
  const problems: string[] = [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .flatMap((name): ReadyFile[] => {
      const yaml = readFileSync(join(folder.pathname, name), "utf8");
      const { definition, problems: found } = parseDefinition(yaml, { actions, others: null });
      const errors = found.filter(({ severity }) => severity === "error");
      problems.push(...errors.map(({ line, field, message }) => `${name}:${line ?? "?"} ${field}: ${message}`));
      if (definition !== null && `${definition.name}.yml` !== name)
        problems.push(`${name} holds the workflow ${definition.name}.`);
      const group = readyWorkflowGroups.find((one) => one === /^# Group: (\w+)$/m.exec(yaml)?.[1]);
      if (group === undefined) problems.push(`${name} names no group: ${readyWorkflowGroups.join(", ")}.`);
      const needs = /^# Needs: (.+)$/m.exec(yaml)?.[1];
      return definition === null || group === undefined
        ? []
        : [{ definition, yaml, group, needs: needs === undefined ? [] : [needs] }];
    });
  if (problems.length > 0) throw new Error(`Ready workflows are wrong:\n${problems.join("\n")}`);
  return files.sort(
    (a, b) =>
      readyWorkflowGroups.indexOf(a.group) - readyWorkflowGroups.indexOf(b.group) ||
      (a.definition.name < b.definition.name ? -1 : 1),
  );
}

/** The ready workflows, each with the project's workflow of its name where there is one. */
export async function listReadyWorkflows(
  db: Kysely<DB>,
  files: readonly ReadyFile[],
  projectId: string,
): Promise<readonly ReadyWorkflow[]> {
  const names = files.map(({ definition }) => definition.name);
  const { rows } = await sql<{ id: string; name: string; status: string }>`
    SELECT id, name, status FROM workflows WHERE project_id = ${projectId} AND name = ANY(${names}::text[])`.execute(
    db,
  );
  const taken = new Map(rows.map((row) => [row.name, row]));
  return files.map(({ definition, yaml, group, needs }) => {
    const own = taken.get(definition.name);
    return {
      name: definition.name,
      description: definition.description ?? "",
      group,
      trigger_types: [...new Set(definition.triggers.map(({ type }) => type))],
      starts_on: definition.triggers.flatMap((trigger) =>
        trigger.type === "event" ? trigger.events : trigger.type === "schedule" ? [trigger.cron] : [trigger.type],
      ),
      uses: [...new Set(usesOf(definition.steps))],
      needs: [...needs],
      definition,
      yaml,
      workflow_id: own === undefined ? null : toPublicId("wf", own.id),
      workflow_status: own?.status ?? null,
    };
  });
}

/**
 * Gives a project a ready workflow; from then on it is the project's own.
 * @throws CulpritError NOT_FOUND for a name that none has, CONFLICT where the project has a workflow of that name.
 */
export async function takeReadyWorkflow(
  scope: DatabaseScope,
  actions: ActionTypes,
  files: readonly ReadyFile[],
  request: { readonly projectId: string; readonly name: string; readonly status: WorkflowStatus; readonly by: Who },
): Promise<Changed> {
  const { projectId, name, status, by } = request;
  const found = files.find(({ definition }) => definition.name === name);
  if (found === undefined)
    throw new CulpritError(
      "NOT_FOUND",
      `There is no ready workflow ${JSON.stringify(name.slice(0, 100))}. There are: ${files.map(({ definition }) => definition.name).join(", ")}.`,
    );
  return changeWorkflow(scope, actions, {
    projectId,
    by,
    written: { value: { ...found.definition, status } },
    mustBeNew: true,
  });
}

function usesOf(steps: readonly Step[]): string[] {
  return steps.flatMap(({ uses, steps: inner = [] }) => [uses, ...usesOf(inner)]);
}
