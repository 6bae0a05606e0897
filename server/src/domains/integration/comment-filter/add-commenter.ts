import { sql, type Transaction } from "kysely";
import { audit } from "../../../platform/db/audit-log.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

const COMMENTERS_MAX = 1000;

/** Adds a newcomer to the allow list of an integration's comment filter, once. A full list stays as it is. */
export async function addCommenter(
  tx: Transaction<DB>,
  { integrationId, projectId, login }: { integrationId: string; projectId: string; login: string },
): Promise<void> {
  const { rows } = await sql`
    UPDATE integrations SET config = jsonb_set(
      jsonb_set(config, '{comment_filter}', coalesce(config->'comment_filter', '{}')),
      '{comment_filter,allow}', coalesce(config#>'{comment_filter,allow}', '[]') || to_jsonb(${login}::text))
    WHERE id = ${integrationId} AND jsonb_array_length(coalesce(config#>'{comment_filter,allow}', '[]')) < ${COMMENTERS_MAX}
      AND NOT coalesce(config#>'{comment_filter,allow}', '[]') @> to_jsonb(${login}::text) RETURNING 1`.execute(tx);
  if (rows.length === 0) return;
  await audit(
    tx,
    { type: "system", id: null, name: "culprit" },
    {
      projectId,
      action: "integration.commenter_added",
      targetType: "integration",
      targetId: toPublicId("int", integrationId),
      details: { login },
    },
  );
}
