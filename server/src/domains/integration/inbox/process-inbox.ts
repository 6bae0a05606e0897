import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import {
  markUnreadable,
  type OpenedIntegration,
  openStored,
  type StoredIntegration,
  storedColumns,
} from "../manage/open-connection.ts";
import { carryOutMeanings } from "./carry-out-meanings.ts";
import { type ClaimedDelivery, claimDeliveries } from "./claim-deliveries.ts";
import { backOffMs, LEASE_MS, TRIES_MAX } from "./inbox-limits.ts";

/**
 * Works on a batch of an integration's deliveries, in their order; where one fails, the later ones of its subject wait with it.
 * @returns how many it took.
 */
export async function processInbox(services: IntegrationServices, integrationId: string): Promise<number> {
  const startedAt = services.now();
  const claimed = await claimDeliveries(services.database, integrationId, startedAt);
  const integration = claimed.length === 0 ? null : await opened(services, integrationId);
  const blocked = new Set<string>();
  for (const delivery of claimed) {
    const isBlocked = delivery.subject !== null && blocked.has(delivery.subject);
    // Half of the lease is left for the delivery under way.
    const isLate = services.now().getTime() - startedAt.getTime() > LEASE_MS / 2;
    const isDone = !isBlocked && !isLate && (await processOne(services, integration, delivery));
    if (!isDone && delivery.subject !== null) blocked.add(delivery.subject);
    if (isBlocked || isLate) await giveBack(services, delivery);
  }
  return claimed.length;
}

/** @returns whether it is over, well or not. */
async function processOne(
  services: IntegrationServices,
  integration: OpenedIntegration | CulpritError | null,
  delivery: ClaimedDelivery,
): Promise<boolean> {
  try {
    if (integration === null) return true;
    if (integration instanceof CulpritError) throw integration;
    const { provider, connection } = integration;
    const read = { ...delivery, deliveryId: delivery.deliveryId ?? delivery.id };
    const meanings = provider.incoming?.map(read, connection.config, delivery.receivedAt) ?? [];
    const carriedOut = await carryOutMeanings(services, integration, delivery, meanings);
    await services.database.transaction(async (tx) => {
      const { rows } = await sql`
        UPDATE integration_events SET status = ${carriedOut.status}, error_message = ${carriedOut.reason}, processed_at = now()
        WHERE id = ${delivery.id} AND status = 'processing' AND available_at = ${delivery.leaseUntil} RETURNING 1`.execute(
        tx,
      );
      // Whoever took it up after our lease stores its events.
      if (rows.length === 1) await carriedOut.finish(tx);
    });
    return true;
  } catch (error) {
    const tries = delivery.tries + 1;
    const isGivenUp = tries >= TRIES_MAX;
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 2000);
    services.log[isGivenUp ? "error" : "warn"](
      { integrationEventId: delivery.id, tries, err: error },
      isGivenUp ? "a delivery is given up and waits to be replayed" : "a delivery failed and will be tried again",
    );
    await sql`
      UPDATE integration_events SET status = ${isGivenUp ? "failed" : "pending"}, retry_count = ${tries}, error_message = ${reason},
        available_at = ${new Date(services.now().getTime() + backOffMs(tries))}, processed_at = CASE WHEN ${isGivenUp} THEN now() END
      WHERE id = ${delivery.id} AND status = 'processing' AND available_at = ${delivery.leaseUntil}`.execute(
      services.database.db,
    );
    return isGivenUp;
  }
}

async function giveBack(services: IntegrationServices, delivery: ClaimedDelivery): Promise<void> {
  await sql`UPDATE integration_events SET status = 'pending', available_at = ${services.now()}
    WHERE id = ${delivery.id} AND status = 'processing' AND available_at = ${delivery.leaseUntil}`.execute(
    services.database.db,
  );
}

/** The integration, or why it can't be opened: its deliveries wait then, and fail with that as the reason. */
async function opened(services: IntegrationServices, id: string): Promise<OpenedIntegration | CulpritError | null> {
  const { rows } = await sql<StoredIntegration>`SELECT ${storedColumns} FROM integrations WHERE id = ${id}`.execute(
    services.database.db,
  );
  const row = rows[0];
  if (row === undefined) return null;
  try {
    return await markUnreadable(services, id, () => openStored(services, row));
  } catch (error) {
    if (error instanceof CulpritError) return error;
    throw error;
  }
}
