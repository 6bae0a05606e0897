import type { IntegrationEventDetail, IntegrationEventList, IntegrationEventSummary } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { instantPlaceOf, pageOf } from "../list-cursor.ts";

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly integration_id: string;
  readonly integration_name: string;
  readonly event_type: string;
  readonly event_id: string | null;
  readonly subject: string | null;
  readonly status: IntegrationEventSummary["status"];
  readonly error_message: string | null;
  readonly retry_count: number;
  readonly available_at: Date;
  readonly created_at: Date;
  readonly processed_at: Date | null;
}

const columns = sql`e.id, e.project_id, e.integration_id, i.name AS integration_name, e.event_type, e.event_id, e.subject, e.status,
  e.error_message, e.retry_count, e.available_at, e.created_at, e.processed_at`;

/** One page of what came in, newest first. */
export async function listIntegrationEvents(
  db: Kysely<DB>,
  filter: {
    readonly projectId: string | null;
    readonly integrationId: string | null;
    readonly status?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<IntegrationEventList> {
  const after = instantPlaceOf(filter.cursor);
  const { rows } = await sql<Row & { cursor_key: string }>`
    SELECT ${columns}, e.created_at::text AS cursor_key FROM integration_events e JOIN integrations i ON i.id = e.integration_id
    WHERE (${filter.projectId}::uuid IS NULL OR e.project_id = ${filter.projectId}::uuid)
      AND (${filter.integrationId}::uuid IS NULL OR e.integration_id = ${filter.integrationId}::uuid)
      AND (${filter.status ?? null}::text IS NULL OR e.status = ${filter.status ?? null})
      AND (${after === null} OR (e.created_at, e.id) < (${after?.key ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY e.created_at DESC, e.id DESC LIMIT ${filter.limit + 1}`.execute(db);
  const { page, nextCursor } = pageOf(rows, filter.limit);
  return { items: page.map(toWire), next_cursor: nextCursor };
}

/** One delivery with what it holds and the events it became. @throws CulpritError NOT_FOUND. */
export async function loadIntegrationEvent(db: Kysely<DB>, id: string): Promise<IntegrationEventDetail> {
  const { rows } = await sql<
    Row & { payload: Record<string, unknown>; headers: Record<string, string>; event_ids: string[] }
  >`
    SELECT ${columns}, e.payload, e.headers, ARRAY(SELECT w.event_id::text FROM workflow_events w
      WHERE w.integration_event_id = e.id ORDER BY w.event_id) AS event_ids
    FROM integration_events e JOIN integrations i ON i.id = e.integration_id WHERE e.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) throw integrationEventNotFound(id);
  const { payload, headers } = row;
  return { ...toWire(row), payload, headers, event_ids: row.event_ids.map((one) => toPublicId("evt", one)) };
}

export function integrationEventNotFound(id: string): CulpritError {
  return new CulpritError("NOT_FOUND", `There is no delivery ${toPublicId("iev", id)} that you can see.`);
}

function toWire(row: Row): IntegrationEventSummary {
  return {
    id: toPublicId("iev", row.id),
    project_id: toPublicId("proj", row.project_id),
    integration_id: toPublicId("int", row.integration_id),
    integration_name: row.integration_name,
    event_type: row.event_type,
    delivery_id: row.event_id,
    subject: row.subject,
    status: row.status,
    reason: row.error_message,
    retry_count: Number(row.retry_count),
    available_at: row.available_at.toISOString(),
    created_at: row.created_at.toISOString(),
    processed_at: row.processed_at?.toISOString() ?? null,
  };
}
