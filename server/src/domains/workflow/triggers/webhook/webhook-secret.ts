import { randomBytes } from "node:crypto";
import type { WebhookSecret, WebhookTriggerList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DatabaseScope } from "../../../../platform/db/open-database.ts";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../../platform/ids/ids.ts";
import type { SecretBox } from "../../../../platform/secrets/secret-box.ts";
import { readTrigger } from "../read-trigger.ts";

/** What the sealed secret of a trigger is bound to. */
export const secretBinding = (triggerId: string) => `workflow_trigger:${triggerId}`;

/**
 * The webhook triggers of a workflow that the scope sees, with their addresses. A built-in workflow's have none: they get one
 * with the project's copy.
 * @throws CulpritError NOT_FOUND without such a workflow.
 */
export async function listWebhooks(db: Kysely<DB>, workflowId: string, publicUrl: string): Promise<WebhookTriggerList> {
  const { rows } = await sql<WebhookRow & { id: string | null }>`
    SELECT t.id, t.enabled, t.conditions, t.webhook_token, t.secret_encrypted IS NOT NULL AS has_secret
    FROM workflows w LEFT JOIN workflow_triggers t ON t.workflow_id = w.id AND t.trigger_type = 'webhook'
    WHERE w.id = ${workflowId} ORDER BY t.created_at, t.id`.execute(db);
  if (rows.length === 0)
    throw new CulpritError("NOT_FOUND", `There is no workflow ${toPublicId("wf", workflowId)} that you can see.`);
  return { items: rows.flatMap(({ id, ...row }) => (id === null ? [] : toWebhook({ ...row, id }, publicUrl))) };
}

/**
 * Gives a webhook trigger a new secret, and an address where it has none. The old secret ends at once.
 * @returns the secret, which nobody can read again.
 * @throws CulpritError NOT_FOUND, CONFLICT for a built-in workflow.
 */
export async function rotateWebhookSecret(
  scope: DatabaseScope,
  box: SecretBox,
  request: { readonly workflowId: string; readonly triggerId: string; readonly publicUrl: string },
): Promise<WebhookSecret> {
  const { workflowId, triggerId, publicUrl } = request;
  const secret = `whsec_${randomBytes(32).toString("base64url")}`;
  return scope.transaction(async (tx) => {
    const { rows } = await sql<{ is_builtin: boolean }>`
      SELECT project_id IS NULL AS is_builtin FROM workflow_triggers
      WHERE id = ${triggerId} AND workflow_id = ${workflowId} AND trigger_type = 'webhook'`.execute(tx);
    const found = rows[0];
    if (found === undefined)
      throw new CulpritError("NOT_FOUND", `The workflow has no webhook trigger ${toPublicId("wft", triggerId)}.`);
    if (found.is_builtin)
      throw new CulpritError("CONFLICT", "A built-in workflow is shared by all projects. Save a copy of it first.");
    const updated = await sql<WebhookRow>`
      UPDATE workflow_triggers SET secret_encrypted = ${box.seal(secret, secretBinding(triggerId))},
        webhook_token = coalesce(webhook_token, ${newWebhookToken()})
      WHERE id = ${triggerId} RETURNING id, enabled, conditions, webhook_token, true AS has_secret`.execute(tx);
    const [webhook] = updated.rows.flatMap((row) => toWebhook(row, publicUrl));
    if (webhook === undefined) throw new Error("a webhook trigger vanished under its lock");
    return { ...webhook, secret };
  });
}

/** The last part of an address, which is no secret but can't be guessed. */
export function newWebhookToken(): string {
  return randomBytes(24).toString("base64url");
}

interface WebhookRow {
  readonly id: string;
  readonly enabled: boolean;
  readonly conditions: unknown;
  readonly webhook_token: string | null;
  readonly has_secret: boolean;
}

function toWebhook(row: WebhookRow, publicUrl: string) {
  const trigger = readTrigger("webhook", row.conditions);
  if (row.webhook_token === null) return [];
  return [
    {
      trigger_id: toPublicId("wft", row.id),
      is_enabled: row.enabled,
      url: `${publicUrl}/hooks/w/${row.webhook_token}`,
      replay_window: "type" in trigger && trigger.type === "webhook" ? trigger.replay_window : 300,
      has_secret: row.has_secret,
    },
  ];
}
