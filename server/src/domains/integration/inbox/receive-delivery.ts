import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { markUnreadable, openStored, type StoredIntegration, storedColumns } from "../manage/open-connection.ts";
import type { IncomingRequest } from "../provider-port.ts";
import { storable } from "../storable.ts";
import type { InboundLimit } from "./inbound-limit.ts";
import { INBOX_CHANNEL } from "./inbox-limits.ts";

/** Headers that are kept: what tells a sender, never a signature or a token. */
const keptHeaders = ["user-agent", "content-type"];

/** What the sender is answered. */
export interface Received {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Takes a vendor's call: checks its signature, reads it and stores it, before it is answered. The same delivery again is
 * answered alike and stored once. A wrong signature is counted and not stored.
 * @throws CulpritError NOT_FOUND for an unknown address, RATE_LIMIT_EXCEEDED, UNAUTHORIZED for a wrong signature,
 * MALFORMED_BODY, SECRET_UNREADABLE where our key is lost.
 */
export async function receiveDelivery(
  services: IntegrationServices,
  limit: InboundLimit,
  { token, request }: { readonly token: string; readonly request: IncomingRequest },
): Promise<Received> {
  const { db } = services.database;
  const { rows } = await sql<StoredIntegration>`
    SELECT ${storedColumns} FROM integrations WHERE webhook_token = ${token} AND enabled`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new CulpritError("NOT_FOUND", "There is no integration at this address.");
  limit.take(row.id, services.now());
  const { provider, connection } = await markUnreadable(services, row.id, () => openStored(services, row));
  const { incoming } = provider;
  if (incoming === undefined) throw new CulpritError("NOT_FOUND", "There is no integration at this address.");
  const verified = incoming.verify(request, connection);
  if (!verified.ok) {
    await sql`UPDATE integrations SET rejected_count = rejected_count + 1, last_rejected_at = now() WHERE id = ${row.id}`.execute(
      db,
    );
    services.log.warn({ integrationId: row.id, reason: verified.reason }, "a call with a wrong signature was refused");
    throw new CulpritError("UNAUTHORIZED", "The signature of this call is missing or wrong.");
  }
  const delivery = incoming.read(request);
  const headers = Object.fromEntries(keptHeaders.map((name) => [name, (request.headers[name] ?? "").slice(0, 200)]));
  const { rows: stored } = await sql<{ id: string }>`
    WITH stored AS (
      INSERT INTO integration_events (id, project_id, integration_id, event_type, event_id, subject, payload, headers)
      VALUES (${newId()}, ${row.project_id}, ${row.id}, ${storable(delivery.eventType).slice(0, 100)},
        ${storable(delivery.deliveryId).slice(0, 255)}, ${storable(delivery.subject)},
        ${JSON.stringify(storable(delivery.payload))}::jsonb, ${JSON.stringify(storable(headers))}::jsonb)
      ON CONFLICT (integration_id, event_id) WHERE event_id IS NOT NULL DO NOTHING RETURNING id)
    SELECT id, pg_notify(${INBOX_CHANNEL}, ${row.id}) FROM stored`.execute(db);
  const answer = incoming.answer?.(delivery) ?? null;
  if (answer !== null) return answer;
  const event = stored[0];
  return event === undefined
    ? { status: 202, body: { status: "repeated" } }
    : { status: 202, body: { status: "accepted", event_id: toPublicId("iev", event.id) } };
}
