import type { Change, ChangeList } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

export interface ChangeFilter {
  /** Null: every project that the scope's tenant may see. */
  readonly projectId: string | null;
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface ChangeRow {
  id: string;
  source: string | null;
  is_rollback: boolean | null;
  commits: number | null;
  at: Date;
  at_text: string;
  service_name: string | null;
  environment: string;
  commit_sha: string | null;
  release: string | null;
  resource_name: string | null;
  fields: string[] | null;
  actor: string | null;
}

/**
 * One page of what people changed, deployments and everything else in one list, newest first. Deployments that only signals told of are among
 * them. @throws CulpritError INVALID_REQUEST for a foreign cursor.
 */
export async function listChanges(db: Kysely<DB>, filter: ChangeFilter): Promise<ChangeList> {
  const { projectId, environment, service, from, to, limit } = filter;
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor, 2);
  const narrow = (table: string, time: string, id: string): RawBuilder<unknown> => {
    const at = sql.raw(`${table}.${time}`);
    const conditions = [
      ...(projectId === null ? [] : [sql`${sql.raw(table)}.project_id = ${projectId}`]),
      ...(environment === undefined ? [] : [sql`${sql.raw(table)}.environment = ${environment}`]),
      ...(service === undefined ? [] : [sql`(s.service_name = ${service} OR s.service_name IS NULL)`]),
      ...(from === undefined ? [] : [sql`${at} >= ${from}::timestamptz`]),
      ...(to === undefined ? [] : [sql`${at} < ${to}::timestamptz`]),
      ...(after === null
        ? []
        : [sql`(${at}, ${sql.raw(`${table}.${id}`)}) < (${after[0]}::timestamptz, ${after[1]}::uuid)`]),
    ];
    return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
  };
  const { rows } = await sql<ChangeRow>`
    SELECT *, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at_text FROM (
      (SELECT d.deployment_event_id AS id, NULL AS source, g.is_rollback, cardinality(g.commit_shas) AS commits, d.started_at AS at, s.service_name, d.environment, d.commit_sha, d.release,
         NULL AS resource_name, NULL::text[] AS fields, d.metadata->>'actor' AS actor
       FROM deployment_events d LEFT JOIN services s USING (service_id) LEFT JOIN deployment_commit_ranges g USING (deployment_event_id)
       WHERE ${narrow("d", "started_at", "deployment_event_id")} ORDER BY d.started_at DESC, d.deployment_event_id DESC LIMIT ${limit + 1})
      UNION ALL
      (SELECT c.config_change_id, c.source, NULL, NULL, c.detected_at, s.service_name, c.environment, NULL, NULL, c.resource_name,
         ARRAY(SELECT f->>'field' FROM jsonb_array_elements(coalesce(c.diff_payload->'changes', '[]')) f LIMIT 3), c.actor
       FROM config_change_events c LEFT JOIN services s USING (service_id)
       WHERE ${narrow("c", "detected_at", "config_change_id")} ORDER BY c.detected_at DESC, c.config_change_id DESC LIMIT ${limit + 1})
    ) AS all_changes ORDER BY at DESC, id DESC LIMIT ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toChange),
    next_cursor: rows.length > limit && last !== undefined ? formatCursor([last.at_text, last.id]) : null,
  };
}

function toChange(row: ChangeRow): Change {
  const common = {
    at: row.at.toISOString(),
    service: row.service_name,
    environment: row.environment,
    commit_sha: row.commit_sha,
    commits: row.commits,
    actor: row.actor,
  };
  if (row.source === null) {
    const what = row.release ?? row.commit_sha?.slice(0, 10) ?? "an unknown revision";
    const verb = row.is_rollback === true ? "went back to" : "began to run";
    return {
      id: toPublicId("dep", row.id),
      kind: row.is_rollback === true ? "rollback" : "deployment",
      title: `${row.service_name ?? "a service"} ${verb} ${what}`,
      ...common,
    };
  }
  const kind = row.source === "feature_flag" ? "flag" : row.source === "db_schema" ? "migration" : "config";
  const fields = (row.fields ?? []).join(", ");
  return {
    id: toPublicId("cfg", row.id),
    kind,
    title: `${row.resource_name ?? ""}: ${fields}`.slice(0, 300),
    ...common,
  };
}
