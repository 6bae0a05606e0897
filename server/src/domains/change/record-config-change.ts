import type { ConfigChangeInput } from "@culprit/contract";
import { sql } from "kysely";
import { hideSecrets } from "../../analysis/config/hide-secrets.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { emitEvent } from "../workflow/index.ts";
import type { ChangeDeps } from "./change-deps.ts";
import { upsertService } from "./upsert-service.ts";

export interface RecordedConfigChange {
  readonly configChangeId: string;
}

/** Records a change outside git. Values of secrets are dropped before storage; that they changed is kept. */
export async function recordConfigChange(
  deps: ChangeDeps,
  request: { readonly projectId: string; readonly input: ConfigChangeInput },
): Promise<RecordedConfigChange> {
  const { projectId, input } = request;
  const configChangeId = newId();
  const changes = hideSecrets(input.change_kind === "secret_key" || input.source === "k8s_secret", input.changes);
  await deps.database.transaction(async (tx) => {
    const serviceId =
      input.service == null
        ? null
        : await upsertService(tx, { projectId, environment: input.environment, name: input.service });
    await sql`
      INSERT INTO config_change_events (config_change_id, project_id, service_id, environment, detected_at, source, change_kind, resource_name, diff_payload, actor)
      VALUES (${configChangeId}, ${projectId}, ${serviceId}, ${input.environment}, ${input.detected_at === undefined ? new Date() : new Date(input.detected_at)},
        ${input.source}, ${input.change_kind}, ${input.resource_name}, ${JSON.stringify({ changes })}::jsonb, ${input.actor ?? null})`.execute(
      tx,
    );
    const { environment, source, change_kind, resource_name: resource, actor = null } = input;
    await emitEvent(tx, {
      ...{ projectId, type: "config.changed", subject: `config:${environment}/${resource}` },
      payload: {
        ...{ id: toPublicId("cfg", configChangeId), environment, service: input.service ?? null },
        ...{ source, change_kind, resource, actor },
      },
    });
  });
  return { configChangeId };
}
