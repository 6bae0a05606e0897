import type { Schedule } from "@culprit/contract";
import { sql } from "kysely";
import { findPgCron, listJobs, type RegisteredJob } from "../../platform/db/cron/pg-cron.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { CRON_JOBS, UPKEEP_WORKFLOWS } from "./upkeep-schedules.ts";

const cronNames = CRON_JOBS.map(({ name }) => name);

interface ScheduleRow {
  readonly name: string;
  readonly summary: string | null;
  readonly workflow_id: string;
  readonly status: string;
  readonly enabled: boolean;
  readonly cron: string;
  readonly timezone: string;
  readonly next_run_at: Date | null;
  readonly last_run_at: Date | null;
  readonly last_status: string | null;
  readonly last_execution_id: string | null;
  readonly last_message: string | null;
}

/** What Culprit does by itself and when: who runs it, and how it last went. */
export async function listSchedules(database: Database): Promise<Schedule[]> {
  const cron = await findPgCron(database.pool);
  const jobs = new Map((cron.isUsable ? await listJobs(database.pool, cronNames) : []).map((job) => [job.name, job]));
  const { rows } = await sql<ScheduleRow>`
    SELECT w.name, w.description AS summary, w.id AS workflow_id, w.status, t.enabled, t.conditions->>'cron' AS cron,
      coalesce(t.conditions->>'timezone', 'UTC') AS timezone, s.next_run_at, s.last_run_at,
      e.status AS last_status, e.execution_id AS last_execution_id, e.error_message AS last_message
    FROM workflows w JOIN workflow_triggers t ON t.workflow_id = w.id AND t.trigger_type = 'schedule'
    LEFT JOIN projects h ON h.is_house
    LEFT JOIN project_schedules s ON s.trigger_id = t.id AND s.project_id = h.id
    LEFT JOIN LATERAL (SELECT status, execution_id, error_message FROM workflow_executions
      WHERE workflow_id = w.id AND project_id = h.id ORDER BY started_at DESC LIMIT 1) e ON true
    WHERE w.project_id IS NULL AND w.name = ANY(${[...UPKEEP_WORKFLOWS]}::text[])
    ORDER BY array_position(${[...UPKEEP_WORKFLOWS]}::text[], w.name::text)`.execute(database.db);
  return rows.map((row) => ({
    name: row.name,
    summary: row.summary ?? row.name,
    workflow_id: toPublicId("wf", row.workflow_id),
    ...(jobs.has(row.name) ? byCron(jobs.get(row.name), cron.reason) : byEngine(row, cron.reason)),
  }));
}

function byEngine(row: ScheduleRow, reason: string): Omit<Schedule, "name" | "summary" | "workflow_id"> {
  const isShared = cronNames.includes(row.name);
  return {
    ...{ cron: row.cron, timezone: row.timezone, owner: "engine" },
    owner_reason: isShared ? reason : "It is more than SQL, so the engine does it.",
    is_enabled: row.enabled && row.status === "active",
    next_run_at: row.next_run_at?.toISOString() ?? null,
    last_run_at: row.last_run_at?.toISOString() ?? null,
    ...{ last_status: row.last_status, last_execution_id: row.last_execution_id, last_message: row.last_message },
  };
}

function byCron(job: RegisteredJob | undefined, reason: string): Omit<Schedule, "name" | "summary" | "workflow_id"> {
  return {
    // pg_cron goes by the time zone of the server's setting cron.timezone, GMT unless set.
    ...{ cron: job?.cron ?? "", timezone: "GMT", owner: "pg_cron", owner_reason: reason, is_enabled: true },
    ...{ next_run_at: null, last_run_at: job?.lastRunAt?.toISOString() ?? null, last_execution_id: null },
    ...{ last_status: job?.lastStatus ?? null, last_message: job?.lastMessage ?? null },
  };
}
