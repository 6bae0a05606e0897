import type { IncidentStatus, Severity } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { serviceOfProject } from "../../analysis/signal/index.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { acknowledged } from "./owners/escalate-incident.ts";

export interface IncidentQuery {
  readonly projectId: string;
  /** Keys; null for any. */
  readonly ids: readonly string[] | null;
  /** Empty lists: any. */
  readonly statuses: readonly (IncidentStatus | "unresolved")[];
  readonly severities: readonly Severity[];
  readonly environment: string | null;
  readonly service: string | null;
  /** A commit that is blamed, by its beginning. */
  readonly culpritCommit: string | null;
  /** That opened at this time or later. */
  readonly openedSince: Date | null;
  /** That was seen at this time or later. */
  readonly seenSince: Date | null;
  readonly isRegression: boolean | null;
  readonly limit: number;
}

/** A query that asks for any incident; spread it and say what matters. */
export const anyIncident = {
  ...{ ids: null, statuses: [], severities: [], environment: null, service: null, culpritCommit: null },
  ...{ openedSince: null, seenSince: null, isRegression: null },
} satisfies Omit<IncidentQuery, "projectId" | "limit">;

export interface QueriedIncident {
  readonly id: string;
  readonly title: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly environment: string;
  readonly service: string;
  readonly occurrenceCount: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly assignedTo: string | null;
  readonly escalationLevel: number;
  /** Somebody has it, a person said something about it, or it is settled. */
  readonly isAcknowledged: boolean;
  readonly isRegression: boolean;
  readonly verdict: string | null;
  readonly verdictSummary: string | null;
  readonly culpritCommit: string | null;
}

/** Incidents of one project that fit all parts of the query, newest first, and how many there are in all. */
export async function queryIncidents(
  db: Kysely<DB>,
  query: IncidentQuery,
): Promise<{ readonly count: number; readonly incidents: readonly QueriedIncident[] }> {
  const conditions = conditionsOf(query);
  const { rows } = await sql<Row>`
    SELECT i.incident_id AS public_id, i.title, i.status, i.severity, i.environment, i.created_at, i.assigned_to, i.escalation_level,
      i.is_regression, i.verdict, i.verdict_summary, i.culprit_commit, s.service_name, p.name AS project_name,
      c.occurrence_count, c.last_seen_at, ${acknowledged} AS is_acknowledged, count(*) OVER () AS total
    FROM incidents i JOIN projects p ON p.id = i.project_id LEFT JOIN services s ON s.service_id = i.service_id
      LEFT JOIN incident_counters c ON c.incident_id = i.id
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY i.created_at DESC, i.id DESC LIMIT ${query.limit}`.execute(db);
  const incidents = rows.map((row) => ({
    id: row.public_id,
    title: row.title,
    status: row.status,
    severity: row.severity,
    environment: row.environment,
    service: row.service_name ?? serviceOfProject(row.project_name),
    occurrenceCount: Number(row.occurrence_count ?? 0),
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at ?? row.created_at,
    assignedTo: row.assigned_to,
    escalationLevel: row.escalation_level,
    isAcknowledged: row.is_acknowledged,
    isRegression: row.is_regression,
    verdict: row.verdict,
    verdictSummary: row.verdict_summary,
    culpritCommit: row.culprit_commit,
  }));
  return { count: Number(rows[0]?.total ?? 0), incidents };
}

function conditionsOf(query: IncidentQuery): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [sql`i.project_id = ${query.projectId}`];
  if (query.ids !== null) conditions.push(sql`i.id = ANY(${[...query.ids]}::uuid[])`);
  if (query.statuses.length > 0) {
    const named = query.statuses.filter((status) => status !== "unresolved");
    conditions.push(
      query.statuses.includes("unresolved")
        ? sql`(i.status NOT IN ('resolved', 'suppressed') OR i.status = ANY(${named}::text[]))`
        : sql`i.status = ANY(${named}::text[])`,
    );
  }
  if (query.severities.length > 0) conditions.push(sql`i.severity = ANY(${[...query.severities]}::text[])`);
  if (query.environment !== null) conditions.push(sql`i.environment = ${query.environment}`);
  if (query.service !== null) conditions.push(sql`s.service_name = ${query.service}`);
  if (query.culpritCommit !== null) conditions.push(sql`starts_with(i.culprit_commit, ${query.culpritCommit})`);
  if (query.openedSince !== null) conditions.push(sql`i.created_at >= ${query.openedSince}`);
  if (query.seenSince !== null) conditions.push(sql`coalesce(c.last_seen_at, i.created_at) >= ${query.seenSince}`);
  if (query.isRegression !== null) conditions.push(sql`i.is_regression = ${query.isRegression}`);
  return conditions;
}

interface Row {
  readonly public_id: string;
  readonly title: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly environment: string;
  readonly created_at: Date;
  readonly assigned_to: string | null;
  readonly escalation_level: number;
  readonly is_regression: boolean;
  readonly verdict: string | null;
  readonly verdict_summary: string | null;
  readonly culprit_commit: string | null;
  readonly service_name: string | null;
  readonly project_name: string;
  readonly occurrence_count: string | null;
  readonly last_seen_at: Date | null;
  readonly is_acknowledged: boolean;
  readonly total: string;
}
