import type { Delivery, DeliveryList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { instantPlaceOf, pageOf } from "../list-cursor.ts";

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly incident_id: string | null;
  readonly execution_id: string | null;
  readonly integration_id: string | null;
  readonly integration_name: string | null;
  readonly step_path: string | null;
  readonly kind: string;
  readonly recipient: string | null;
  readonly status: Delivery["status"];
  readonly repeat: Delivery["repeat"];
  readonly attempt_count: number;
  readonly request: unknown;
  readonly response: unknown;
  readonly external_ref: string | null;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
}

const columns = sql`d.delivery_id AS id, d.project_id, d.incident_id, d.execution_id, d.integration_id, i.name AS integration_name,
  d.step_path, d.kind, d.recipient, d.status, d.repeat, d.attempt_count, d.request, d.response, d.external_ref, d.error_message,
  d.created_at, d.sent_at, d.settled_by, d.settled_at`;

/** One page of what went out or was to, newest first. */
export async function listDeliveries(
  db: Kysely<DB>,
  filter: {
    readonly projectId: string | null;
    readonly integrationId: string | null;
    readonly incidentId: string | null;
    readonly status?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<DeliveryList> {
  const after = instantPlaceOf(filter.cursor);
  const { rows } = await sql<Row & { cursor_key: string }>`
    SELECT ${columns}, d.created_at::text AS cursor_key FROM deliveries d LEFT JOIN integrations i ON i.id = d.integration_id
    WHERE (${filter.projectId}::uuid IS NULL OR d.project_id = ${filter.projectId}::uuid)
      AND (${filter.integrationId}::uuid IS NULL OR d.integration_id = ${filter.integrationId}::uuid)
      AND (${filter.incidentId}::uuid IS NULL OR d.incident_id = ${filter.incidentId}::uuid)
      AND (${filter.status ?? null}::text IS NULL OR d.status = ${filter.status ?? null})
      AND (${after === null} OR (d.created_at, d.delivery_id) < (${after?.key ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY d.created_at DESC, d.delivery_id DESC LIMIT ${filter.limit + 1}`.execute(db);
  const { page, nextCursor } = pageOf(rows, filter.limit);
  return { items: page.map(toWire), next_cursor: nextCursor };
}

/** One delivery. @throws CulpritError NOT_FOUND. */
export async function loadDelivery(db: Kysely<DB>, id: string): Promise<Delivery> {
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM deliveries d LEFT JOIN integrations i ON i.id = d.integration_id WHERE d.delivery_id = ${id}`.execute(
    db,
  );
  if (rows[0] !== undefined) return toWire(rows[0]);
  throw new CulpritError("NOT_FOUND", `There is no delivery ${toPublicId("dlv", id)} that you can see.`);
}

function toWire(row: Row): Delivery {
  const { id, project_id, incident_id, execution_id, integration_id, created_at, sent_at, settled_at, ...rest } = row;
  return {
    ...rest,
    id: toPublicId("dlv", id),
    project_id: toPublicId("proj", project_id),
    incident_id: incident_id === null ? null : toPublicId("inc", incident_id),
    execution_id: execution_id === null ? null : toPublicId("exec", execution_id),
    integration_id: integration_id === null ? null : toPublicId("int", integration_id),
    attempt_count: Number(row.attempt_count),
    created_at: created_at.toISOString(),
    sent_at: sent_at?.toISOString() ?? null,
    settled_at: settled_at?.toISOString() ?? null,
  };
}
