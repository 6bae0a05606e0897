import { type CommentFilter, commentFilterSchema } from "@culprit/contract";
import { sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { integrationNotFound } from "../manage/load-integration.ts";

/** The comment filter of an integration. @throws CulpritError NOT_FOUND, also for one whose vendor knows no comments. */
export async function loadCommentFilter({ db }: DatabaseScope, integrationId: string): Promise<CommentFilter> {
  const { rows } = await sql<{ filter: unknown }>`
    SELECT config->'comment_filter' AS filter FROM integrations WHERE id = ${integrationId} AND type = 'github'`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined) throw integrationNotFound(integrationId);
  return commentFilterSchema.parse(row.filter ?? {});
}

/** Puts another comment filter in the place of an integration's. @throws CulpritError NOT_FOUND. */
export async function changeCommentFilter(
  scope: DatabaseScope,
  who: Who,
  request: { readonly integrationId: string; readonly filter: CommentFilter },
): Promise<CommentFilter> {
  const { integrationId, filter } = request;
  return scope.transaction(async (tx) => {
    const { rows } = await sql<{ project_id: string }>`
      UPDATE integrations SET config = jsonb_set(config, '{comment_filter}', ${JSON.stringify(filter)}::jsonb)
      WHERE id = ${integrationId} AND type = 'github' RETURNING project_id`.execute(tx);
    const row = rows[0];
    if (row === undefined) throw integrationNotFound(integrationId);
    await audit(tx, who, {
      projectId: row.project_id,
      action: "integration.comment_filter_changed",
      targetType: "integration",
      targetId: toPublicId("int", integrationId),
      details: { allow: filter.allow.length, deny: filter.deny.length, auto_add: filter.auto_add },
    });
    return filter;
  });
}
