import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { storableJson } from "../../../platform/db/storable-json.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { Delivery, IncomingRequest } from "../provider-port.ts";
import { INBOX_CHANNEL } from "./inbox-limits.ts";

/** Headers that are kept: what tells a sender, never a signature or a token. */
const keptHeaders = ["user-agent", "content-type"];

/** Puts an accepted delivery into the inbox of an integration. @returns its id, or null where it was there already. */
export async function storeDelivery(
  { db }: DatabaseScope,
  integration: { readonly id: string; readonly projectId: string },
  delivery: Delivery,
  request: IncomingRequest,
): Promise<string | null> {
  const headers = Object.fromEntries(keptHeaders.map((name) => [name, (request.headers[name] ?? "").slice(0, 200)]));
  const { rows } = await sql<{ id: string }>`
    WITH stored AS (
      INSERT INTO integration_events (id, project_id, integration_id, event_type, event_id, subject, payload, headers)
      VALUES (${newId()}, ${integration.projectId}, ${integration.id}, ${storableJson(delivery.eventType).slice(0, 100)},
        ${storableJson(delivery.deliveryId).slice(0, 255)}, ${storableJson(delivery.subject)},
        ${JSON.stringify(storableJson(delivery.payload))}::jsonb, ${JSON.stringify(storableJson(headers))}::jsonb)
      ON CONFLICT (integration_id, event_id) WHERE event_id IS NOT NULL DO NOTHING RETURNING id)
    SELECT id, pg_notify(${INBOX_CHANNEL}, ${integration.id}) FROM stored`.execute(db);
  return rows[0]?.id ?? null;
}
