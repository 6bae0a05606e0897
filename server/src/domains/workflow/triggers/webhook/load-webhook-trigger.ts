import type { WorkflowDefinition } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import type { Candidate } from "../judge-event.ts";
import { readInputs } from "../read-trigger.ts";

export interface WebhookTrigger {
  readonly triggerId: string;
  readonly isEnabled: boolean;
  readonly conditions: unknown;
  readonly secretEncrypted: string | null;
  readonly projectId: string;
  readonly projectName: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly status: Candidate["status"];
  readonly version: number;
  readonly inputs: WorkflowDefinition["inputs"];
}

/** The webhook trigger at an address or of an id, with what running it needs; null where there is none. */
export async function loadWebhookTrigger(
  db: Kysely<DB>,
  by: { readonly token: string } | { readonly id: string },
): Promise<WebhookTrigger | null> {
  const { rows } = await sql<Omit<WebhookTrigger, "inputs"> & { inputs: unknown }>`
    SELECT t.id AS "triggerId", t.enabled AS "isEnabled", t.conditions, t.secret_encrypted AS "secretEncrypted",
      p.id AS "projectId", p.name AS "projectName", w.id AS "workflowId", w.name AS "workflowName", w.status, w.version,
      v.definition -> 'inputs' AS inputs
    FROM workflow_triggers t JOIN workflows w ON w.id = t.workflow_id JOIN projects p ON p.id = t.project_id
    LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
    WHERE t.trigger_type = 'webhook' AND ${"token" in by ? sql`t.webhook_token = ${by.token}` : sql`t.id = ${by.id}`}`.execute(
    db,
  );
  const row = rows[0];
  return row === undefined ? null : { ...row, inputs: readInputs(row.inputs) };
}
