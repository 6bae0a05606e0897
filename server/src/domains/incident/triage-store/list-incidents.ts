import { severities, type TriageFilters, type TriageIncident, triageFiltersSchema } from "@culprit/contract";
import { type RawBuilder, sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { formatCursor, parseCursor } from "../list-incidents.ts";
import { type TriageRow, toTriageIncident, triageColumns } from "./triage-row.ts";
import { statusesOf } from "./triage-words.ts";

export interface TriagePage {
  readonly incidents: readonly TriageIncident[];
  /** For the next page; null at the end. */
  readonly nextCursor: string | null;
}

/**
 * One page of a project's fault incidents, by one index scan without a sort, newest or oldest first: the filters are tested on
 * the way along the index, so that a page costs what it has to skip.
 * @throws CulpritError INVALID_REQUEST for a foreign cursor, ZodError for a filter that is none.
 */
export async function listIncidents(
  { db }: DatabaseScope,
  projectId: string,
  given: TriageFilters = {},
): Promise<TriagePage> {
  const filters = triageFiltersSchema.parse(given);
  const { rows } = await pageQuery(projectId, filters).execute(db);
  const page = rows.slice(0, filters.limit);
  const last = page.at(-1);
  const hasMore = rows.length > filters.limit && last !== undefined;
  return { incidents: page.map(toTriageIncident), nextCursor: hasMore ? formatCursor(last) : null };
}

/** The statement behind a page, one row longer than it. */
export function pageQuery(
  projectId: string,
  filters: ReturnType<typeof triageFiltersSchema.parse>,
): RawBuilder<TriageRow & { created_at_text: string }> {
  const [direction, beyond] = filters.order === "newest" ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const conditions = [sql`i.project_id = ${projectId}`, sql`i.source = 'kubernetes'`, ...filterConditions(filters)];
  if (filters.cursor !== undefined) {
    const after = parseCursor(filters.cursor);
    conditions.push(sql`(i.created_at, i.id) ${beyond} (${after.createdAt}::timestamptz, ${after.id}::uuid)`);
  }
  return sql`
    SELECT ${triageColumns}, i.created_at::text AS created_at_text FROM incidents i WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY i.created_at ${direction}, i.id ${direction} LIMIT ${filters.limit + 1}`;
}

function filterConditions(filters: ReturnType<typeof triageFiltersSchema.parse>): RawBuilder<unknown>[] {
  const equal = {
    cluster: filters.cluster,
    resource_namespace: filters.namespace,
    resource_kind: filters.resourceKind,
    resource_name: filters.resourceName,
    fault_type: filters.faultType,
    fault_id: filters.faultId,
  };
  const conditions = Object.entries(equal)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]): RawBuilder<unknown> => sql`${sql.ref(`i.${column}`)} = ${value}`);
  if (filters.status !== undefined) conditions.push(sql`i.status = ANY(${[...statusesOf(filters.status)]}::text[])`);
  if (filters.severityMin !== undefined) {
    const worse = severities.slice(0, severities.indexOf(filters.severityMin) + 1);
    conditions.push(sql`i.severity = ANY(${worse}::text[])`);
  }
  if (filters.createdAfter !== undefined) conditions.push(sql`i.created_at > ${filters.createdAfter}::timestamptz`);
  if (filters.createdBefore !== undefined) conditions.push(sql`i.created_at < ${filters.createdBefore}::timestamptz`);
  return conditions;
}
