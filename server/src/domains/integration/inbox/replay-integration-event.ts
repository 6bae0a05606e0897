import { sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { INBOX_CHANNEL } from "./inbox-limits.ts";
import { integrationEventNotFound } from "./list-integration-events.ts";

/**
 * Takes up again what was given up or ignored, from its first try.
 * @throws CulpritError NOT_FOUND, or CONFLICT where it is not over or was carried out.
 */
export async function replayIntegrationEvent(scope: DatabaseScope, who: Who, id: string): Promise<void> {
  await scope.transaction(async (tx) => {
    const { rows } = await sql<{ project_id: string }>`
      WITH taken AS (
        UPDATE integration_events SET status = 'pending', retry_count = 0, error_message = NULL, processed_at = NULL, available_at = now()
        WHERE id = ${id} AND status IN ('failed', 'ignored') RETURNING project_id, integration_id)
      SELECT project_id, pg_notify(${INBOX_CHANNEL}, integration_id::text) FROM taken`.execute(tx);
    const row = rows[0];
    if (row === undefined) {
      const { rows: there } = await sql<{ status: string }>`
        SELECT status FROM integration_events WHERE id = ${id}`.execute(tx);
      if (there[0] === undefined) throw integrationEventNotFound(id);
      const remedy = there[0].status === "completed" ? " Replay the events that it became." : "";
      throw new CulpritError(
        "CONFLICT",
        `It is ${there[0].status}; only what failed or was ignored is replayed.${remedy}`,
      );
    }
    await audit(tx, who, {
      projectId: row.project_id,
      action: "integration_event.replayed",
      targetType: "integration_event",
      targetId: toPublicId("iev", id),
    });
  });
}
