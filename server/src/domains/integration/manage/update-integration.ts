import { sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { nameTaken } from "./create-integration.ts";
import { keepOwnSetUp } from "./keep-own-set-up.ts";
import { integrationNotFound } from "./load-integration.ts";
import { parseEntered, providerOf } from "./parse-entered.ts";
import { openCredentials, sealCredentials } from "./seal-credentials.ts";

export interface IntegrationChange {
  readonly name?: string | undefined;
  readonly isEnabled?: boolean | undefined;
  /** The whole of it. */
  readonly config?: unknown;
  /** Those that are to be others; the rest stays. */
  readonly credentials?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Changes an integration. New settings or credentials make its health unknown, so that it is checked at once.
 * @throws CulpritError NOT_FOUND, INVALID_REQUEST, or CONFLICT for a name that the project has already.
 */
export async function updateIntegration(
  services: Pick<IntegrationServices, "providers" | "secretBox">,
  scope: DatabaseScope,
  who: Who,
  request: { readonly integrationId: string; readonly change: IntegrationChange },
): Promise<void> {
  const { integrationId: id, change } = request;
  await scope.transaction(async (tx) => {
    const { rows } = await sql<{
      project_id: string;
      name: string;
      type: string;
      config: unknown;
      sealed: string | null;
    }>`
      SELECT project_id, name, type, config, credentials_encrypted AS sealed FROM integrations WHERE id = ${id} FOR UPDATE`.execute(
      tx,
    );
    const row = rows[0];
    if (row === undefined) throw integrationNotFound(id);
    const provider = providerOf(services, row.type);
    const name = change.name ?? row.name;
    const { rows: taken } = await sql`
      SELECT 1 FROM integrations WHERE project_id = ${row.project_id} AND name = ${name} AND id <> ${id}`.execute(tx);
    if (taken.length > 0) throw nameTaken(name);
    const config =
      change.config === undefined
        ? null
        : parseEntered(provider.config, "config", keepOwnSetUp(provider, change.config, row.config));
    const credentials = change.credentials === undefined ? null : { ...keptCredentials(row), ...change.credentials };
    const sealed =
      credentials === null
        ? row.sealed
        : sealCredentials(services, id, parseEntered(provider.credentials, "credentials", credentials));
    const isOther = config !== null || credentials !== null;
    await sql`
      UPDATE integrations SET name = ${name}, enabled = coalesce(${change.isEnabled ?? null}, enabled),
        config = coalesce(${config === null ? null : JSON.stringify(config)}::jsonb, config), credentials_encrypted = ${sealed},
        health_status = CASE WHEN ${isOther} THEN 'unknown' ELSE health_status END,
        health_reason = CASE WHEN ${isOther} THEN NULL ELSE health_reason END,
        last_health_check = CASE WHEN ${isOther} THEN NULL ELSE last_health_check END
      WHERE id = ${id}`.execute(tx);
    await audit(tx, who, {
      projectId: row.project_id,
      action: "integration.changed",
      targetType: "integration",
      targetId: toPublicId("int", id),
      details: {
        changed: Object.entries(change).flatMap(([key, value]) => (value === undefined ? [] : [key])),
        name,
        ...(change.isEnabled === undefined ? {} : { isEnabled: change.isEnabled }),
      },
    });
  });

  /** What stands; nothing where its key is lost, because then all of it is entered anew. */
  function keptCredentials(row: { readonly name: string; readonly sealed: string | null }) {
    try {
      return openCredentials(services, { id, ...row });
    } catch {
      return {};
    }
  }
}
