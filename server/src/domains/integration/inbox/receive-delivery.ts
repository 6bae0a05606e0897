import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { markUnreadable, openStored, type StoredIntegration, storedColumns } from "../manage/open-connection.ts";
import type { IncomingRequest } from "../provider-port.ts";
import type { InboundLimit } from "./inbound-limit.ts";
import { storeDelivery } from "./store-delivery.ts";

/** What the sender is answered. */
export interface Received {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Whether a call to this address is taken at all; asked before its body is read, so that strangers can't fill the memory.
 * @throws CulpritError NOT_FOUND for an unknown address, RATE_LIMIT_EXCEEDED.
 */
export async function admitDelivery(
  { database, now }: Pick<IntegrationServices, "database" | "now">,
  limit: InboundLimit,
  token: string,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM integrations WHERE webhook_token = ${token} AND enabled`.execute(database.db);
  if (rows[0] === undefined) throw new CulpritError("NOT_FOUND", "There is no integration at this address.");
  limit.take(rows[0].id, now());
}

/**
 * Takes a vendor's call that was admitted: checks its signature, reads it and stores it, before it is answered. The same delivery again is
 * answered alike and stored once. A wrong signature is counted and not stored.
 * @throws CulpritError NOT_FOUND for an unknown address, WRONG_SIGNATURE for a wrong signature,
 * MALFORMED_BODY, SECRET_UNREADABLE where our key is lost.
 */
export async function receiveDelivery(
  services: IntegrationServices,
  { token, request }: { readonly token: string; readonly request: IncomingRequest },
): Promise<Received> {
  const { db } = services.database;
  const { rows } = await sql<StoredIntegration>`
    SELECT ${storedColumns} FROM integrations WHERE webhook_token = ${token} AND enabled`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new CulpritError("NOT_FOUND", "There is no integration at this address.");
  const { provider, connection } = await markUnreadable(services, row.id, () => openStored(services, row));
  const { incoming } = provider;
  if (incoming === undefined) throw new CulpritError("NOT_FOUND", "There is no integration at this address.");
  const verified = incoming.verify(request, connection);
  if (!verified.ok) {
    await sql`UPDATE integrations SET rejected_count = rejected_count + 1, last_rejected_at = now() WHERE id = ${row.id}`.execute(
      db,
    );
    services.log.warn({ integrationId: row.id, reason: verified.reason }, "a call with a wrong signature was refused");
    throw new CulpritError(
      "WRONG_SIGNATURE",
      "The signature of this call is missing or wrong: check that the secret of the webhook at the sender is the one that is set here.",
    );
  }
  const delivery = incoming.read(request);
  const stored = await storeDelivery(services.database, { id: row.id, projectId: row.project_id }, delivery, request);
  const answer = incoming.answer?.(delivery) ?? null;
  if (answer !== null) return answer;
  return stored === null
    ? { status: 202, body: { status: "repeated" } }
    : { status: 202, body: { status: "accepted", event_id: toPublicId("iev", stored) } };
}
