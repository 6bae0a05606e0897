import {
  triggerSchema,
  type WorkflowDefinition,
  type WorkflowDetail,
  type WorkflowTrigger,
  workflowDefinitionSchema,
} from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { toYaml } from "../definition/to-yaml.ts";
import { summaryQuery, toSummary } from "./workflow-columns.ts";

/** What a workflow is found by: its id, or its name in a project, where the project's own goes before the built-in one. */
export type WorkflowKey = { readonly id: string } | { readonly name: string; readonly projectId: string };

/** The workflow's row as verbs need it. @throws CulpritError NOT_FOUND, also where the caller may not see it. */
export async function findWorkflow(db: Kysely<DB>, key: WorkflowKey): Promise<WorkflowRow> {
  const where =
    "id" in key
      ? sql`id = ${key.id}`
      : sql`name = ${key.name} AND (project_id = ${key.projectId} OR project_id IS NULL)`;
  const { rows } = await sql<WorkflowRow>`
    SELECT id, project_id, name, version, status, copied_from, copied_version, source, source_path FROM workflows
    WHERE ${where} ORDER BY project_id NULLS LAST LIMIT 1`.execute(db);
  const row = rows[0];
  if (row !== undefined) return row;
  throw new CulpritError(
    "NOT_FOUND",
    `There is no workflow ${"id" in key ? toPublicId("wf", key.id) : key.name} that you can see.`,
  );
}

export interface WorkflowRow {
  readonly id: string;
  readonly project_id: string | null;
  readonly name: string;
  readonly version: number;
  readonly status: WorkflowDefinition["status"];
  readonly copied_from: string | null;
  readonly copied_version: number | null;
  readonly source: "builtin" | "api" | "repository";
  readonly source_path: string | null;
}

/** A version of a workflow. @throws CulpritError NOT_FOUND. */
export async function loadVersion(
  db: Kysely<DB>,
  workflowId: string,
  version: number,
): Promise<{ readonly definition: WorkflowDefinition; readonly createdBy: string | null; readonly createdAt: Date }> {
  const row = await db
    .selectFrom("workflow_versions")
    .select(["definition", "created_by", "created_at"])
    .where("workflow_id", "=", workflowId)
    .where("version", "=", version)
    .executeTakeFirst();
  if (row === undefined) throw new CulpritError("NOT_FOUND", `The workflow has no version ${version}.`);
  const definition = workflowDefinitionSchema.parse(row.definition);
  return { definition, createdBy: row.created_by, createdAt: row.created_at };
}

/**
 * A workflow with its definition. `projectId` narrows what is counted of a built-in one.
 * @throws CulpritError NOT_FOUND, also where the caller may not see it.
 */
export async function loadWorkflow(
  db: Kysely<DB>,
  request: { readonly workflowId: string; readonly projectId: string | null; readonly publicUrl: string },
): Promise<WorkflowDetail> {
  const { workflowId, projectId, publicUrl } = request;
  const { rows } = await summaryQuery(sql`w.id = ${workflowId}`, projectId, 1).execute(db);
  const row = rows[0];
  if (row === undefined)
    throw new CulpritError("NOT_FOUND", `There is no workflow ${toPublicId("wf", workflowId)} that you can see.`);
  const { definition } = await loadVersion(db, workflowId, row.version);
  const standing = { ...definition, status: row.status };
  return {
    ...toSummary(row),
    definition: standing,
    yaml: toYaml(standing),
    triggers: await loadTriggers(db, workflowId, publicUrl),
  };
}

async function loadTriggers(db: Kysely<DB>, workflowId: string, publicUrl: string): Promise<WorkflowTrigger[]> {
  const rows = await db
    .selectFrom("workflow_triggers")
    .select(["id", "trigger_type", "conditions", "enabled", "webhook_token", "next_run_at", "last_run_at"])
    .where("workflow_id", "=", workflowId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.flatMap((row) => {
    const parsed = triggerSchema.safeParse({ type: row.trigger_type, ...(row.conditions as object) });
    if (!parsed.success) return [];
    return [
      {
        id: toPublicId("wft", row.id),
        is_enabled: row.enabled,
        trigger: parsed.data,
        webhook_url: row.webhook_token === null ? null : `${publicUrl}/hooks/w/${row.webhook_token}`,
        next_run_at: row.next_run_at?.toISOString() ?? null,
        last_run_at: row.last_run_at?.toISOString() ?? null,
      },
    ];
  });
}

/** The active workflows that a project can run, by name: what a call of another is checked against. */
export async function loadOthers(db: Kysely<DB>, projectId: string): Promise<ReadonlyMap<string, WorkflowDefinition>> {
  const { rows } = await sql<{ name: string; definition: unknown }>`
    SELECT DISTINCT ON (w.name) w.name, v.definition
    FROM workflows w JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
    WHERE (w.project_id = ${projectId} OR w.project_id IS NULL) AND w.status <> 'archived'
    ORDER BY w.name, w.project_id NULLS LAST`.execute(db);
  return new Map(
    rows.flatMap(({ name, definition }) => {
      const parsed = workflowDefinitionSchema.safeParse(definition);
      return parsed.success ? [[name, parsed.data] as const] : [];
    }),
  );
}
