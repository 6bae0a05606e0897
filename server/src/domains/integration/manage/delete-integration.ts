import { sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { integrationNotFound } from "./load-integration.ts";

/**
 * Removes an integration with its inbox; what it sent stays, without it.
 * @throws CulpritError NOT_FOUND.
 */
export async function deleteIntegration(scope: DatabaseScope, who: Who, integrationId: string): Promise<void> {
  await scope.transaction(async (tx) => {
    const { rows } = await sql<{ project_id: string; name: string; type: string }>`
      DELETE FROM integrations WHERE id = ${integrationId} RETURNING project_id, name, type`.execute(tx);
    const row = rows[0];
    if (row === undefined) throw integrationNotFound(integrationId);
    await audit(tx, who, {
      projectId: row.project_id,
      action: "integration.deleted",
      targetType: "integration",
      targetId: toPublicId("int", integrationId),
      details: { name: row.name, type: row.type },
    });
  });
}
