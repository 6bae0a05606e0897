import type { IncidentDetail, IncidentSummary, StackFrame } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { loadExecutionSteps } from "../workflow/index.ts";
import { incidentNotFound } from "./find-incident.ts";
import { type SummaryRow, summaryColumns, summaryJoins, toSummary } from "./list-incidents.ts";
import { loadParts } from "./load-parts.ts";

const RESPONSE = "incident-response";

/** What the incident itself knows; hypotheses, evidence, report and proof belong to other domains. */
export interface IncidentRecord {
  readonly id: string;
  readonly projectId: string;
  readonly summary: IncidentSummary;
  readonly stackTrace: string | null;
  readonly frames: readonly StackFrame[];
  readonly series: IncidentDetail["series"];
  readonly deployments: IncidentDetail["deployments"];
  readonly decisions: IncidentDetail["decisions"];
  readonly parts: IncidentDetail["parts"];
  readonly execution: IncidentDetail["execution"];
  readonly response: IncidentDetail["response"];
  readonly lastPayload: Record<string, unknown> | null;
}

const BUCKETS_MAX = 120;

/**
 * One incident of the given project (null: any).
 * @throws CulpritError NOT_FOUND when there is none, or when it is another project's.
 */
export async function loadIncident(db: Kysely<DB>, id: string, projectId: string | null): Promise<IncidentRecord> {
  const { rows } = await sql<SummaryRow & IncidentRow>`
    SELECT i.id, i.project_id, i.service_id, i.stack_trace, i.frames, coalesce(p.payload, o.payload) AS payload, ${summaryColumns}
    FROM incidents i ${summaryJoins} LEFT JOIN incident_last_payloads p ON p.incident_id = i.id
    LEFT JOIN LATERAL (SELECT payload FROM incident_occurrences WHERE incident_id = i.id AND payload IS NOT NULL
      ORDER BY received_at DESC LIMIT 1) o ON p.incident_id IS NULL
    WHERE i.id = ${id} AND (${projectId}::uuid IS NULL OR i.project_id = ${projectId}::uuid)`.execute(db);
  const row = rows[0];
  if (row === undefined) throw incidentNotFound(id);
  const summary = toSummary(row);
  const parts = await loadParts(db, id);
  const [series, deployments, decisions, execution, response] = await Promise.all([
    loadSeries(
      db,
      [id, ...parts.map((part) => part.id)],
      new Date(summary.first_seen_at),
      new Date(summary.last_seen_at),
    ),
    loadDeployments(db, row, new Date(summary.first_seen_at)),
    loadDecisions(db, id),
    loadExecution(db, id),
    loadResponse(db, row.project_id),
  ]);
  const { stack_trace: stackTrace, frames, payload: lastPayload, project_id } = row;
  return {
    id,
    projectId: project_id,
    summary,
    stackTrace,
    frames,
    series,
    deployments,
    decisions,
    parts: parts.map(({ publicId, title, verdict, mergedAt }) => ({
      ...{ id: publicId, title, verdict, merged_at: mergedAt.toISOString() },
    })),
    execution,
    response,
    lastPayload,
  };
}

interface IncidentRow {
  id: string;
  project_id: string;
  service_id: string | null;
  stack_trace: string | null;
  frames: StackFrame[];
  payload: Record<string, unknown> | null;
}

/** Occurrences of the incident and of its parts over time; a request that several of them tell of counts as often as the one that tells most of it. */
async function loadSeries(
  db: Kysely<DB>,
  ids: readonly string[],
  firstAt: Date,
  lastAt: Date,
): Promise<IncidentDetail["series"]> {
  const spanS = Math.max(1, (lastAt.getTime() - firstAt.getTime()) / 1000);
  const bucketS =
    [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21_600, 86_400].find((size) => spanS / size <= BUCKETS_MAX) ?? 604_800;
  const counted = sql`FROM incident_occurrences WHERE incident_id = ANY(${ids}::uuid[]) AND is_counted AND received_at >= ${firstAt}::timestamptz - interval '1 second'`;
  const told =
    ids.length === 1
      ? sql`SELECT received_at AS at, 1 AS count ${counted}`
      : sql`SELECT min(at) AS at, max(count) AS count FROM (
          SELECT coalesce(trace_id, event_id::text) AS request, min(received_at) AS at, count(*) AS count ${counted} GROUP BY 1, incident_id) AS tellers GROUP BY request`;
  const { rows } = await sql<{ at: Date; count: string }>`
    SELECT to_timestamp(floor(extract(epoch FROM at) / ${bucketS}) * ${bucketS}) AS at, sum(count) AS count FROM (${told}) AS told
    GROUP BY 1 ORDER BY 1`.execute(db);
  return { bucket_s: bucketS, points: rows.map(({ at, count }) => ({ at: at.toISOString(), count: Number(count) })) };
}

/** The deployments of the incident's environment around it: the five before it began and those since. */
async function loadDeployments(
  db: Kysely<DB>,
  row: SummaryRow & IncidentRow,
  firstAt: Date,
): Promise<IncidentDetail["deployments"]> {
  const { rows } = await sql<{
    deployment_event_id: string;
    started_at: Date;
    commit_sha: string | null;
    release: string | null;
    deploy_type: IncidentDetail["deployments"][number]["deploy_type"];
    origin: "reported" | "observed";
  }>`
    WITH near AS (
      (SELECT * FROM deployment_events WHERE project_id = ${row.project_id} AND environment = ${row.environment}
        AND started_at <= ${firstAt} ORDER BY started_at DESC LIMIT 5)
      UNION ALL
      (SELECT * FROM deployment_events WHERE project_id = ${row.project_id} AND environment = ${row.environment}
        AND started_at > ${firstAt} ORDER BY started_at LIMIT 20)
    )
    SELECT deployment_event_id, started_at, commit_sha, release, deploy_type, origin FROM near ORDER BY started_at`.execute(
    db,
  );
  return rows.map(({ deployment_event_id, started_at, ...rest }) => ({
    id: toPublicId("dep", deployment_event_id),
    started_at: started_at.toISOString(),
    ...rest,
  }));
}

async function loadDecisions(db: Kysely<DB>, id: string): Promise<IncidentDetail["decisions"]> {
  const rows = await db
    .selectFrom("incident_decisions")
    .select(["decided_at", "decision", "rationale"])
    .where("incident_id", "=", id)
    .orderBy("decided_at")
    .orderBy("decision_id")
    .limit(200)
    .execute();
  return rows.map((row) => ({ ...row, decided_at: new Date(row.decided_at).toISOString() }));
}

/** The workflow that answers incidents of the project: its own of that name, or the built-in one. */
async function loadResponse(db: Kysely<DB>, projectId: string): Promise<IncidentDetail["response"]> {
  const { rows } = await sql<{ id: string; status: string }>`
    SELECT id, status FROM workflows WHERE name = ${RESPONSE} AND status <> 'archived'
      AND (project_id = ${projectId} OR project_id IS NULL) ORDER BY project_id NULLS LAST LIMIT 1`.execute(db);
  const [workflow] = rows;
  return {
    is_on: workflow?.status === "active",
    workflow_id: workflow === undefined ? null : toPublicId("wf", workflow.id),
  };
}

/** The newest run of `incident-response` about the incident, with its steps and log. */
async function loadExecution(db: Kysely<DB>, id: string): Promise<IncidentDetail["execution"]> {
  const execution = await db
    .selectFrom("workflow_executions as e")
    .innerJoin("workflows as w", "w.id", "e.workflow_id")
    .select(["e.id", "e.execution_id", "e.status", "e.error_message", "w.name"])
    .where("e.incident_id", "=", id)
    .where("w.name", "=", RESPONSE)
    .orderBy("e.started_at", "desc")
    .limit(1)
    .executeTakeFirst();
  if (execution === undefined) return null;
  const [steps, lines] = await Promise.all([
    loadExecutionSteps(db, execution.id),
    db
      .selectFrom("execution_logs")
      .select(["created_at", "step_name", "level", "message"])
      .where("execution_id", "=", execution.id)
      // The steps of a proof have their own place, with their logs.
      .where(sql<boolean>`NOT coalesce(metadata ? 'proof_step', false)`)
      .orderBy("created_at")
      .orderBy("id")
      .limit(500)
      .execute(),
  ]);
  return {
    id: execution.execution_id,
    workflow: execution.name,
    status: execution.status as NonNullable<IncidentDetail["execution"]>["status"],
    error_message: execution.error_message,
    steps: [...steps],
    log: lines.map((line) => ({
      at: new Date(line.created_at).toISOString(),
      step: line.step_name,
      level: line.level,
      message: line.message,
    })),
  };
}
