import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { clearOwnFault, reportOwnFault } from "../../incident/index.ts";
import { emitEvent } from "../../workflow/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { integrationNotFound } from "../manage/load-integration.ts";
import { openStored, type StoredIntegration, storedColumns } from "../manage/open-connection.ts";
import type { HealthResult } from "../provider-port.ts";

/** Between two checks of an integration, give or take a tenth by its id, so that they do not all come at once. */
const EVERY_S = 300;
const CHECK_MS = 15_000;
const REASON_MAX = 2_000;

/** The kind of Culprit's own fault that an unhealthy integration is. */
const FAULT_KIND = "integration_unhealthy";

/**
 * Checks every integration whose check is due. Whoever sets `last_health_check` does the check, so of several processes one
 * does. @returns how many it checked.
 */
export async function checkIntegrations(services: IntegrationServices): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    UPDATE integrations SET last_health_check = ${services.now()} WHERE id IN (
      SELECT id FROM integrations WHERE enabled AND (last_health_check IS NULL OR last_health_check <=
        ${services.now()}::timestamptz - make_interval(secs => ${EVERY_S} * (0.9 + abs(hashtext(id::text) % 1000) / 5000.0)))
      ORDER BY last_health_check NULLS FIRST LIMIT 20 FOR UPDATE SKIP LOCKED) RETURNING id`.execute(
    services.database.db,
  );
  await Promise.all(rows.map(({ id }) => checkIntegration(services, id)));
  return rows.length;
}

/**
 * Asks the vendor and stores what was found. The change to unhealthy is an event and an incident of Culprit's own, which the
 * change back, an event too, resolves. @throws CulpritError NOT_FOUND.
 */
export async function checkIntegration(services: IntegrationServices, id: string): Promise<HealthResult> {
  const row = await load(services, id);
  const found = await ask(services, row);
  const { reason } = found;
  const { project_id: projectId, name, type, health_status: was } = row;
  const publicId = toPublicId("int", id);
  const fault = { projectId, kind: FAULT_KIND, fingerprint: publicId };
  const isNews = found.status === "unhealthy" && was !== "unhealthy";
  // Degraded and unknown are no faults either: what did not work does again, or can no longer be said not to.
  const isBack = found.status !== "unhealthy" && was === "unhealthy";
  // Before the new state is stored: whoever dies in between tells it again at the next check, and it joins the same incident.
  if (isNews)
    await reportOwnFault(services, {
      ...fault,
      title: `The integration ${name} (${type}) does not work`,
      detail: reason,
      severity: "high",
    });
  if (isBack) await clearOwnFault(services, fault);
  await services.database.transaction(async (tx) => {
    const { rows: moved } = await sql`
      UPDATE integrations SET health_status = ${found.status}, health_reason = ${reason}, last_health_check = ${services.now()}
      WHERE id = ${id} AND (health_status = ${was} OR NOT ${isNews || isBack}) RETURNING 1`.execute(tx);
    // Of two checks at once the first one tells of it.
    if (moved.length === 0 || !(isNews || isBack)) return;
    await emitEvent(tx, {
      projectId,
      type: isNews ? "integration.unhealthy" : "integration.recovered",
      subject: `integration:${publicId}`,
      payload: { integration: { id: publicId, name, type }, reason, was },
    });
  });
  return found;
}

/**
 * Asks the vendor how an integration fares, and stores nothing: for a process that may have another network, key or settings
 * than the server. @throws CulpritError NOT_FOUND.
 */
export async function askIntegration(services: IntegrationServices, id: string): Promise<HealthResult> {
  return ask(services, await load(services, id));
}

async function load(services: IntegrationServices, id: string) {
  const { rows } = await sql<StoredIntegration & { health_status: HealthResult["status"] }>`
    SELECT ${storedColumns}, health_status FROM integrations WHERE id = ${id}`.execute(services.database.db);
  if (rows[0] === undefined) throw integrationNotFound(id);
  return rows[0];
}

/** What the vendor says, or why it can't be asked; never throws. */
async function ask(services: IntegrationServices, row: StoredIntegration): Promise<HealthResult> {
  try {
    const { provider, connection } = openStored(services, row);
    const { status, reason } = await provider.check(connection, AbortSignal.timeout(CHECK_MS));
    return { status, reason: reason.replaceAll("\0", "").toWellFormed().slice(0, REASON_MAX) };
  } catch (error) {
    if (error instanceof CulpritError) return { status: "unhealthy", reason: error.message };
    services.log.error({ integrationId: row.id, err: error }, "the check of an integration has a fault");
    return { status: "unknown", reason: "The check itself failed; Culprit's log says why." };
  }
}
