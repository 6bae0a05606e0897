import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import type { Connection, Provider } from "../provider-port.ts";
import { integrationNotFound } from "./load-integration.ts";
import { parseEntered, providerOf } from "./parse-entered.ts";
import { openCredentials } from "./seal-credentials.ts";

/** An integration, ready to be used. */
export interface OpenedIntegration {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly provider: Provider;
  readonly connection: Connection;
}

/** What is stored of an integration, before it is opened. */
export interface StoredIntegration {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly type: string;
  readonly config: unknown;
  readonly sealed: string | null;
  readonly enabled: boolean;
}

export const storedColumns = sql`id, project_id, name, type, config, credentials_encrypted AS sealed, enabled`;

/**
 * Opens an integration of a project: its settings parsed, its credentials decrypted.
 * @throws CulpritError NOT_FOUND, CONFLICT where it is switched off, SECRET_UNREADABLE where its key is lost, INVALID_REQUEST
 * where its settings are no longer what the provider takes.
 */
export async function openConnection(
  services: IntegrationServices,
  { integrationId, projectId }: { readonly integrationId: string; readonly projectId: string },
): Promise<OpenedIntegration> {
  const { rows } = await sql<StoredIntegration>`
    SELECT ${storedColumns} FROM integrations WHERE id = ${integrationId} AND project_id = ${projectId}`.execute(
    services.database.db,
  );
  const row = rows[0];
  if (row === undefined) throw integrationNotFound(integrationId);
  if (!row.enabled) throw new CulpritError("CONFLICT", `The integration ${JSON.stringify(row.name)} is switched off.`);
  return markUnreadable(services, row.id, () => openStored(services, row));
}

/** Runs `open`; where the credentials can't be read, the integration is checked at once, which tells people that it is unhealthy. */
export async function markUnreadable<T>(services: IntegrationServices, id: string, open: () => T): Promise<T> {
  try {
    return open();
  } catch (error) {
    if (error instanceof CulpritError && error.code === "SECRET_UNREADABLE") await checkSoon(services, id);
    throw error;
  }
}

/** Makes the check of an integration that seemed well due now. */
export async function checkSoon({ database }: Pick<IntegrationServices, "database">, id: string): Promise<void> {
  await sql`UPDATE integrations SET last_health_check = NULL WHERE id = ${id} AND health_status <> 'unhealthy'`.execute(
    database.db,
  );
}

/** The same of a row that was read. */
export function openStored(services: IntegrationServices, row: StoredIntegration): OpenedIntegration {
  const provider = providerOf(services, row.type);
  const config = parseEntered(provider.config, "config", row.config);
  const entered = openCredentials(services, row);
  const credentials = parseEntered(provider.credentials, "credentials", entered);
  const { http, now } = services;
  const connection = { integrationId: row.id, projectId: row.project_id, config, credentials, http, now };
  return { id: row.id, projectId: row.project_id, name: row.name, provider, connection };
}
