import { type IncidentList, type IncidentSummary, type StatusFilter, settledStatuses } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { serviceOfProject } from "../../analysis/signal/index.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { partOf } from "./part-of.ts";

export interface IncidentFilter {
  /** Null: every project that the scope's tenant may see. */
  readonly projectId: string | null;
  readonly status?: StatusFilter | undefined;
  /** Name of the service that it opened for. */
  readonly service?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * One page of incidents, newest first: of one project by one index scan without a sort, of several by one short scan
 * each. Needs a tenant's scope where no project is named.
 * @throws CulpritError INVALID_REQUEST for a foreign cursor.
 */
export async function listIncidents(db: Kysely<DB>, filter: IncidentFilter): Promise<IncidentList> {
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  const project = filter.projectId ?? sql`p.id`;
  const conditions: RawBuilder<unknown>[] = [sql`i.project_id = ${project}`];
  // As constants, because a parameter could not be matched with the condition of the index.
  if (filter.status === "unresolved")
    conditions.push(sql`i.status NOT IN (${sql.join(settledStatuses.map((status) => sql.lit(status)))})`);
  else if (filter.status !== undefined) conditions.push(sql`i.status = ${filter.status}`);
  if (after !== null) conditions.push(sql`(i.created_at, i.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`);
  const ordered = sql`ORDER BY i.created_at DESC, i.id DESC LIMIT ${filter.limit + 1}`;
  const newestWith = (all: readonly RawBuilder<unknown>[]) =>
    sql`SELECT i.* FROM incidents i WHERE ${sql.join(all, sql` AND `)} ${ordered}`;
  // The few services of that name are found first, and a page of each is read in its order.
  const newest =
    filter.service === undefined
      ? newestWith(conditions)
      : sql`SELECT i.* FROM services s CROSS JOIN LATERAL (${newestWith([...conditions, sql`i.service_id = s.service_id`])}) AS i
          WHERE s.project_id = ${project} AND s.service_name = ${filter.service} ${ordered}`;
  const newestOfAll = sql`SELECT i.* FROM unnest(visible_projects()) AS p(id) CROSS JOIN LATERAL (${newest}) AS i ${ordered}`;
  const { rows } = await sql<SummaryRow & { id: string; created_at_text: string }>`
    WITH page AS MATERIALIZED (${filter.projectId === null ? newestOfAll : newest})
    SELECT i.id, i.created_at::text AS created_at_text, ${summaryColumns} FROM page i ${summaryJoins} ORDER BY i.created_at DESC, i.id DESC`.execute(
    db,
  );
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const hasMore = rows.length > filter.limit && last !== undefined;
  return { incidents: page.map(toSummary), next_cursor: hasMore ? formatCursor(last) : null };
}

export interface SummaryRow {
  public_id: string;
  title: string;
  status: IncidentSummary["status"];
  severity: IncidentSummary["severity"];
  error_type: string | null;
  error_message: string;
  detector: IncidentSummary["detector"];
  service_name: string | null;
  project_name: string;
  environment: string;
  release: string | null;
  commit_sha: string | null;
  file_path: string | null;
  line_number: number | null;
  column_number: number | null;
  verdict: IncidentSummary["verdict"];
  verdict_summary: string | null;
  culprit_commit: string | null;
  is_regression: boolean;
  suppressed_reason: string | null;
  part_of: IncidentSummary["part_of"];
  occurrence_count: string | null;
  first_seen_at: Date | null;
  last_seen_at: Date | null;
  occurred_at: Date;
  created_at: Date;
  resolved_at: Date | null;
}

export const summaryColumns = sql`i.incident_id AS public_id, i.title, i.status, i.severity, i.error_type, left(i.error_message, 2000) AS error_message,
  i.detector, s.service_name, pr.name AS project_name, i.environment, i.release, i.commit_sha, i.file_path, i.line_number, i.column_number, i.verdict, i.verdict_summary,
  i.culprit_commit, i.is_regression,
  CASE WHEN i.status = 'suppressed' THEN (SELECT d.rationale FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'suppressed'
    ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1) END AS suppressed_reason,
  CASE WHEN i.status = 'resolved' THEN (${partOf}) END AS part_of, c.occurrence_count, c.first_seen_at, c.last_seen_at, i.occurred_at, i.created_at, i.resolved_at`;

export const summaryJoins = sql`JOIN projects pr ON pr.id = i.project_id LEFT JOIN services s ON s.service_id = i.service_id LEFT JOIN incident_counters c ON c.incident_id = i.id`;

export function toSummary(row: SummaryRow): IncidentSummary {
  const {
    public_id,
    service_name,
    project_name,
    occurrence_count,
    first_seen_at,
    last_seen_at,
    occurred_at,
    created_at,
    resolved_at,
  } = row;
  return {
    id: public_id,
    title: row.title,
    status: row.status,
    severity: row.severity,
    error_type: row.error_type,
    error_message: row.error_message,
    detector: row.detector,
    // Left open in the row, so that a later span of the same request can still name it.
    service: service_name ?? serviceOfProject(project_name),
    environment: row.environment,
    release: row.release,
    commit_sha: row.commit_sha,
    file_path: row.file_path,
    line_number: row.line_number,
    column_number: row.column_number,
    verdict: row.verdict,
    verdict_summary: row.verdict_summary,
    culprit_commit: row.culprit_commit,
    is_regression: row.is_regression,
    suppressed_reason: row.suppressed_reason,
    part_of: row.part_of,
    occurrence_count: Number(occurrence_count ?? 0),
    first_seen_at: (first_seen_at ?? created_at).toISOString(),
    last_seen_at: (last_seen_at ?? created_at).toISOString(),
    occurred_at: occurred_at.toISOString(),
    created_at: created_at.toISOString(),
    resolved_at: resolved_at?.toISOString() ?? null,
  };
}

/** Where a page ended. Microseconds matter: two incidents of one batch share the millisecond. */
export function formatCursor(row: { created_at_text: string; id: string }): string {
  return Buffer.from(`${row.created_at_text}|${row.id}`).toString("base64url");
}

/**
 * Where the page before ended.
 * @throws CulpritError INVALID_REQUEST for a text that is no cursor.
 */
export function parseCursor(cursor: string): { createdAt: string; id: string } {
  const match = /^([-0-9: .+]{10,40})\|([-0-9a-f]{36})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new CulpritError(
      "INVALID_REQUEST",
      "cursor is not one that this list gave. Leave it out to start from the newest.",
      {
        details: { field: "cursor", provided: cursor },
      },
    );
  }
  return { createdAt: match[1], id: match[2] };
}
