import type { IntegrationDetail, IntegrationList, IntegrationSummary } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { pageOf, placeOf } from "../list-cursor.ts";
import type { IntegrationType } from "../provider-port.ts";

type Known = Pick<IntegrationServices, "providers" | "publicUrl">;

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly type: string;
  readonly config: Record<string, unknown>;
  readonly enabled: boolean;
  readonly health_status: IntegrationSummary["health_status"];
  readonly health_reason: string | null;
  readonly last_health_check: Date | null;
  readonly created_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns = sql`i.id, i.project_id, i.name, i.type, i.config, i.enabled, i.health_status, i.health_reason, i.last_health_check,
  i.created_by, i.created_at, i.updated_at`;

/** One page of integrations, by name. `projectId` null: of all projects that the scope sees. */
export async function listIntegrations(
  services: Known,
  db: Kysely<DB>,
  filter: {
    readonly projectId: string | null;
    readonly type?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<IntegrationList> {
  const after = placeOf(filter.cursor);
  const { rows } = await sql<Row & { cursor_key: string }>`
    SELECT ${columns}, i.name AS cursor_key FROM integrations i
    WHERE (${filter.projectId}::uuid IS NULL OR i.project_id = ${filter.projectId}::uuid)
      AND (${filter.type ?? null}::text IS NULL OR i.type = ${filter.type ?? null})
      AND (${after === null} OR (i.name, i.id) > (${after?.key ?? ""}, ${after?.id ?? null}::uuid))
    ORDER BY i.name, i.id LIMIT ${filter.limit + 1}`.execute(db);
  const { page, nextCursor } = pageOf(rows, filter.limit);
  return { items: page.map((row) => summaryOf(services, row)), next_cursor: nextCursor };
}

/** One integration with its settings, and never its credentials. @throws CulpritError NOT_FOUND. */
export async function loadIntegration(services: Known, db: Kysely<DB>, id: string): Promise<IntegrationDetail> {
  const { rows } = await sql<
    Row & {
      has_credentials: boolean;
      webhook_token: string | null;
      rejected_count: number;
      last_rejected_at: Date | null;
      pending: number;
      failed: number;
    }
  >`
    SELECT ${columns}, i.credentials_encrypted IS NOT NULL AS has_credentials, i.webhook_token, i.rejected_count, i.last_rejected_at,
      (SELECT count(*) FROM integration_events e WHERE e.integration_id = i.id AND e.status IN ('pending', 'processing')) AS pending,
      (SELECT count(*) FROM integration_events e WHERE e.integration_id = i.id AND e.status = 'failed') AS failed
    FROM integrations i WHERE i.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) throw integrationNotFound(id);
  return {
    ...summaryOf(services, row),
    config: row.config,
    has_credentials: row.has_credentials,
    webhook_url: row.webhook_token === null ? null : `${services.publicUrl()}/hooks/i/${row.webhook_token}`,
    inbox: { pending: Number(row.pending), failed: Number(row.failed) },
    rejected_count: Number(row.rejected_count),
    last_rejected_at: row.last_rejected_at?.toISOString() ?? null,
  };
}

export function integrationNotFound(id: string): CulpritError {
  return new CulpritError("NOT_FOUND", `There is no integration ${toPublicId("int", id)} that you can see.`);
}

function summaryOf({ providers }: Known, row: Row): IntegrationSummary {
  const provider = providers.get(row.type as IntegrationType);
  const config = provider?.config.safeParse(row.config);
  return {
    id: toPublicId("int", row.id),
    project_id: toPublicId("proj", row.project_id),
    name: row.name,
    type: row.type,
    title: provider?.title ?? row.type,
    is_enabled: row.enabled,
    health_status: row.health_status,
    health_reason: row.health_reason,
    last_health_check: row.last_health_check?.toISOString() ?? null,
    recipient: config?.success === true ? (provider?.outgoing?.recipient(config.data) ?? null) : null,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
