import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { emitEvent } from "../../workflow/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { integrationNotFound } from "../manage/load-integration.ts";
import { openStored, type StoredIntegration, storedColumns } from "../manage/open-connection.ts";
import type { HealthResult } from "../provider-port.ts";

/** Between two checks of an integration, give or take a tenth by its id, so that they do not all come at once. */
const EVERY_S = 300;
const CHECK_MS = 15_000;
const REASON_MAX = 2_000;

/** Told when an integration becomes unhealthy, to open an incident of Culprit's own. */
export type ReportUnhealthy = (fault: {
  readonly projectId: string;
  readonly integrationId: string;
  readonly name: string;
  readonly reason: string;
}) => Promise<void>;

/**
 * Checks every integration whose check is due. Whoever sets `last_health_check` does the check, so of several processes one
 * does. @returns how many it checked.
 */
export async function checkIntegrations(services: IntegrationServices, report?: ReportUnhealthy): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    UPDATE integrations SET last_health_check = ${services.now()} WHERE id IN (
      SELECT id FROM integrations WHERE enabled AND (last_health_check IS NULL OR last_health_check <=
        ${services.now()}::timestamptz - make_interval(secs => ${EVERY_S} * (0.9 + abs(hashtext(id::text) % 1000) / 5000.0)))
      ORDER BY last_health_check NULLS FIRST LIMIT 20 FOR UPDATE SKIP LOCKED) RETURNING id`.execute(
    services.database.db,
  );
  await Promise.all(rows.map(({ id }) => checkIntegration(services, id, report)));
  return rows.length;
}

/**
 * Asks the vendor and stores what was found. The change to unhealthy is an event and an incident of Culprit's own, the change back an
 * event. @throws CulpritError NOT_FOUND.
 */
export async function checkIntegration(
  services: IntegrationServices,
  id: string,
  report?: ReportUnhealthy,
): Promise<HealthResult> {
  const { rows } = await sql<StoredIntegration>`SELECT ${storedColumns} FROM integrations WHERE id = ${id}`.execute(
    services.database.db,
  );
  const row = rows[0];
  if (row === undefined) throw integrationNotFound(id);
  const found = await ask(services, row);
  const reason = found.reason.replaceAll("\0", "").toWellFormed().slice(0, REASON_MAX);
  const projectId = row.project_id;
  const changed = await services.database.transaction(async (tx) => {
    const { rows: before } = await sql<{ health_status: string }>`
      SELECT health_status FROM integrations WHERE id = ${id} FOR UPDATE`.execute(tx);
    const was = before[0]?.health_status;
    if (was === undefined) return null;
    await sql`UPDATE integrations SET health_status = ${found.status}, health_reason = ${reason}, last_health_check = ${services.now()}
      WHERE id = ${id}`.execute(tx);
    const type =
      found.status === "unhealthy" && was !== "unhealthy"
        ? "integration.unhealthy"
        : found.status === "healthy" && was === "unhealthy"
          ? "integration.recovered"
          : null;
    if (type === null) return null;
    const publicId = toPublicId("int", id);
    const payload = { integration: { id: publicId, name: row.name, type: row.type }, reason, was };
    await emitEvent(tx, { projectId, type, subject: `integration:${publicId}`, payload });
    return type;
  });
  if (changed === "integration.unhealthy") await report?.({ projectId, integrationId: id, name: row.name, reason });
  return { status: found.status, reason };
}

/** What the vendor says, or why it can't be asked; never throws. */
async function ask(services: IntegrationServices, row: StoredIntegration): Promise<HealthResult> {
  try {
    const { provider, connection } = openStored(services, row);
    return await provider.check(connection, AbortSignal.timeout(CHECK_MS));
  } catch (error) {
    if (error instanceof CulpritError) return { status: "unhealthy", reason: error.message };
    services.log.error({ integrationId: row.id, err: error }, "the check of an integration has a fault");
    return { status: "unknown", reason: "The check itself failed; Culprit's log says why." };
  }
}
