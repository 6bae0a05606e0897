import { randomBytes } from "node:crypto";
import { sql, type Transaction } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { keepOwnSetUp } from "./keep-own-set-up.ts";
import { parseEntered, providerOf } from "./parse-entered.ts";
import { sealCredentials } from "./seal-credentials.ts";

export interface NewIntegration {
  readonly projectId: string;
  readonly type: string;
  readonly name: string;
  readonly config: unknown;
  readonly credentials: unknown;
}

/**
 * Makes an integration, its credentials sealed, with an address for its webhooks where it takes any.
 * @returns its id.
 * @throws CulpritError INVALID_REQUEST for wrong settings, CONFLICT for a name that the project has already.
 */
export async function createIntegration(
  services: Pick<IntegrationServices, "providers" | "secretBox">,
  scope: DatabaseScope,
  who: Who,
  request: NewIntegration,
): Promise<string> {
  const config = keepOwnSetUp(providerOf(services, request.type), request.config, null);
  return insertIntegration(services, scope, who, { ...request, config });
}

/**
 * The same for the set-up of a provider, which may write all settings; `within` is done in the same transaction. People and keys
 * go through `createIntegration`.
 */
export async function insertIntegration(
  services: Pick<IntegrationServices, "providers" | "secretBox">,
  scope: DatabaseScope,
  who: Who,
  request: NewIntegration,
  within?: (tx: Transaction<DB>) => Promise<void>,
): Promise<string> {
  const provider = providerOf(services, request.type);
  const config = parseEntered(provider.config, "config", request.config ?? {});
  const credentials = parseEntered(provider.credentials, "credentials", request.credentials ?? {});
  const id = newId();
  const token = provider.incoming === undefined ? null : randomBytes(24).toString("base64url");
  await scope.transaction(async (tx) => {
    const { rows } = await sql`
      INSERT INTO integrations (id, project_id, name, type, config, credentials_encrypted, webhook_token, created_by)
      VALUES (${id}, ${request.projectId}, ${request.name}, ${provider.type}, ${JSON.stringify(config)}::jsonb,
        ${sealCredentials(services, id, credentials)}, ${token}, ${who.name})
      ON CONFLICT (project_id, name) DO NOTHING RETURNING 1`.execute(tx);
    if (rows.length === 0) throw nameTaken(request.name);
    await audit(tx, who, {
      projectId: request.projectId,
      action: "integration.created",
      targetType: "integration",
      targetId: toPublicId("int", id),
      details: { name: request.name, type: provider.type },
    });
    await within?.(tx);
  });
  return id;
}

export function nameTaken(name: string): CulpritError {
  return new CulpritError("CONFLICT", `The project has an integration ${JSON.stringify(name)} already.`, {
    details: { field: "name" },
  });
}
