import type { WorkflowSummary } from "@culprit/contract";
import { type RawBuilder, sql } from "kysely";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** Of a workflow `w` as `projectId` sees it: its row, the built-in one it was copied from, and its last 30 days. */
export function summaryQuery(
  where: RawBuilder<unknown>,
  projectId: string | null,
  limit: number,
): RawBuilder<SummaryRow> {
  const ofProject = projectId === null ? sql`true` : sql`e.project_id = ${projectId}`;
  return sql<SummaryRow>`
    WITH page AS MATERIALIZED (SELECT w.* FROM workflows w WHERE ${where} ORDER BY w.name, w.id LIMIT ${limit})
    SELECT w.*, b.version AS builtin_version, t.trigger_types, a.step_count, s.*
    FROM page w
    LEFT JOIN workflows b ON b.id = w.copied_from
    CROSS JOIN LATERAL (SELECT coalesce(array_agg(DISTINCT trigger_type), '{}') AS trigger_types FROM workflow_triggers WHERE workflow_id = w.id) t
    CROSS JOIN LATERAL (SELECT count(*)::int AS step_count FROM workflow_actions WHERE workflow_id = w.id) a
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS total_executions, count(*) FILTER (WHERE e.status = 'completed')::int AS successful_executions,
        count(*) FILTER (WHERE e.status IN ('failed', 'timeout'))::int AS failed_executions,
        count(*) FILTER (WHERE e.status IN ('pending', 'running'))::int AS running_executions,
        round(avg(extract(epoch FROM (e.completed_at - e.started_at))), 2)::float8 AS avg_duration_seconds,
        max(e.started_at) AS last_execution_at
      FROM workflow_executions e WHERE e.workflow_id = w.id AND ${ofProject} AND e.started_at > now() - interval '30 days') s
    ORDER BY w.name, w.id`;
}

export interface SummaryRow {
  readonly id: string;
  readonly project_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly status: WorkflowSummary["status"];
  readonly version: number;
  readonly source: WorkflowSummary["source"];
  readonly source_path: string | null;
  readonly source_commit: string | null;
  readonly copied_from: string | null;
  readonly copied_version: number | null;
  readonly builtin_version: number | null;
  readonly trigger_types: WorkflowSummary["trigger_types"];
  readonly step_count: number;
  readonly total_executions: number;
  readonly successful_executions: number;
  readonly failed_executions: number;
  readonly running_executions: number;
  readonly avg_duration_seconds: number | null;
  readonly last_execution_at: Date | null;
  readonly created_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function toSummary(row: SummaryRow): WorkflowSummary {
  return {
    id: toPublicId("wf", row.id),
    project_id: row.project_id === null ? null : toPublicId("proj", row.project_id),
    name: row.name,
    description: row.description,
    status: row.status,
    version: row.version,
    source: row.source,
    source_path: row.source_path,
    source_commit: row.source_commit,
    is_protected: row.project_id === null,
    copied_from: row.copied_from === null ? null : toPublicId("wf", row.copied_from),
    copied_version: row.copied_version,
    has_upgrade: row.builtin_version !== null && row.builtin_version > (row.copied_version ?? 0),
    trigger_types: [...row.trigger_types].sort(),
    step_count: row.step_count,
    stats: {
      total_executions: row.total_executions,
      successful_executions: row.successful_executions,
      failed_executions: row.failed_executions,
      running_executions: row.running_executions,
      avg_duration_seconds: row.avg_duration_seconds,
      last_execution_at: row.last_execution_at?.toISOString() ?? null,
    },
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
