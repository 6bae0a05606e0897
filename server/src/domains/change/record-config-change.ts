import type { ConfigChangeInput } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import { hideSecrets } from "../../analysis/config/hide-secrets.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { emitEvent } from "../workflow/index.ts";
import type { ChangeDeps } from "./change-deps.ts";
import { refuseFuture } from "./refuse-future.ts";
import { upsertService } from "./upsert-service.ts";

export interface RecordedConfigChange {
  readonly configChangeId: string;
}

/**
 * Records a change outside git. Values of secrets are dropped before storage; that they changed is kept. The same `external_id` of the
 * same source again is no second change. @throws CulpritError INVALID_REQUEST for a time that has not come.
 */
export async function recordConfigChange(
  deps: Pick<ChangeDeps, "database">,
  request: { readonly projectId: string; readonly input: ConfigChangeInput },
): Promise<RecordedConfigChange> {
  refuseFuture({ detected_at: request.input.detected_at });
  return deps.database.transaction((tx) => insertConfigChange(tx, request));
}

/** The same inside a transaction of the caller's, who knows the time. */
export async function insertConfigChange(
  tx: Transaction<DB>,
  { projectId, input }: { readonly projectId: string; readonly input: ConfigChangeInput },
): Promise<RecordedConfigChange> {
  const { environment, source, change_kind, resource_name: resource, actor = null, external_id = null } = input;
  const changes = hideSecrets(change_kind === "secret_key" || source === "k8s_secret", input.changes);
  const serviceId =
    input.service == null ? null : await upsertService(tx, { projectId, environment, name: input.service });
  const detectedAt = input.detected_at === undefined ? new Date() : new Date(input.detected_at);
  const { rows } = await sql<{ config_change_id: string }>`
    INSERT INTO config_change_events (config_change_id, project_id, service_id, environment, detected_at, source, change_kind, resource_name, diff_payload, actor, external_id)
    VALUES (${newId()}, ${projectId}, ${serviceId}, ${environment}, ${detectedAt}, ${source}, ${change_kind}, ${resource},
      ${JSON.stringify({ changes })}::jsonb, ${actor}, ${external_id})
    ON CONFLICT (project_id, source, external_id) WHERE external_id IS NOT NULL DO NOTHING RETURNING config_change_id`.execute(
    tx,
  );
  const made = rows[0]?.config_change_id;
  if (made === undefined) return knownChange(tx, projectId, source, external_id);
  await emitEvent(tx, {
    ...{ projectId, type: "config.changed", subject: `config:${environment}/${resource}` },
    payload: {
      ...{ id: toPublicId("cfg", made), environment, service: input.service ?? null },
      ...{ source, change_kind, resource, actor, detected_at: detectedAt.toISOString() },
    },
  });
  return { configChangeId: made };
}

async function knownChange(
  tx: Transaction<DB>,
  projectId: string,
  source: string,
  externalId: string | null,
): Promise<RecordedConfigChange> {
  const known = await tx
    .selectFrom("config_change_events")
    .select("config_change_id")
    .where("project_id", "=", projectId)
    .where("source", "=", source)
    .where("external_id", "=", externalId)
    .executeTakeFirstOrThrow();
  return { configChangeId: known.config_change_id };
}
