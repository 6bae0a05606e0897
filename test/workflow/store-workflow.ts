import { type WorkflowDefinitionInput, workflowDefinitionSchema } from "@culprit/contract";
import { newId } from "../../server/src/platform/ids/ids.ts";
import type { TestDatabase } from "../database/create-test-database.ts";

/** Stores a workflow as its rows, for tests of what triggers do with them. */
export async function storeWorkflow(
  { database: { pool } }: TestDatabase,
  projectId: string | null,
  parts: Partial<WorkflowDefinitionInput> & { readonly name: string },
): Promise<{ readonly workflowId: string; readonly triggerIds: readonly string[] }> {
  const step = { id: "one", uses: "delay", with: { seconds: 1 } };
  const definition = workflowDefinitionSchema.parse({ steps: [step], ...parts });
  const workflowId = newId();
  await pool.query("INSERT INTO workflows (id, project_id, name, status, config) VALUES ($1, $2, $3, $4, $5)", [
    workflowId,
    projectId,
    definition.name,
    definition.status,
    JSON.stringify(definition.config),
  ]);
  await pool.query(
    "INSERT INTO workflow_versions (workflow_id, version, project_id, definition) VALUES ($1, 1, $2, $3)",
    [workflowId, projectId, JSON.stringify(definition)],
  );
  const triggerIds: string[] = [];
  for (const { type, ...conditions } of definition.triggers) {
    const id = newId();
    triggerIds.push(id);
    await pool.query(
      "INSERT INTO workflow_triggers (id, project_id, workflow_id, trigger_type, conditions) VALUES ($1, $2, $3, $4, $5)",
      [id, projectId, workflowId, type, JSON.stringify(conditions)],
    );
  }
  return { workflowId, triggerIds };
}
