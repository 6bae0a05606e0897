import type pg from "pg";
import { newId } from "../../server/src/platform/ids/ids.ts";

/** A project with incidents of a given age, each with rows in many tables that hang on it. */
export interface FilledProject {
  readonly projectId: string;
  readonly incidentIds: readonly string[];
}

/** Writes a user, a project and `count` incidents that were opened and last seen `ageDays` days ago. */
export async function fillIncidents(
  pool: pg.Pool,
  { count, ageDays, isSeenNow = false }: { count: number; ageDays: number; isSeenNow?: boolean },
): Promise<FilledProject> {
  const [userId, projectId] = [newId(), newId()];
  const incidentIds = Array.from({ length: count }, () => newId());
  await pool.query("insert into users (id, github_login) values ($1, $2)", [userId, `u-${userId}`]);
  await pool.query(
    "insert into projects (id, project_id, owner_id, name, ingest_api_key) values ($1, $2, $3, $2, $2)",
    [projectId, `proj_${projectId}`, userId],
  );
  await pool.query(
    `insert into incidents (id, incident_id, project_id, source, severity, title, detector, error_type, error_message, stack_trace,
       trace_id, environment, occurred_at, window_start, window_end, created_at, updated_at)
     select id, 'inc_' || id, $2, 'ingest', 'high', 'a "quoted" \\ title', 'exception', 'TypeError', E'two\\nlines \\\\ back', 'at a:1', id::text,
       'production', at, at, at, at, at
     from unnest($1::uuid[]) id, (select now() - make_interval(days => $3) as at) time`,
    [incidentIds, projectId, ageDays],
  );
  const seen = isSeenNow ? "now()" : `now() - make_interval(days => ${ageDays})`;
  await pool.query(
    `insert into incident_counters (incident_id, project_id, occurrence_count, first_seen_at, last_seen_at)
     select id, $3, 3, now() - make_interval(days => $2), ${seen} from unnest($1::uuid[]) id`,
    [incidentIds, ageDays, projectId],
  );
  await pool.query(
    `insert into incident_fingerprints (project_id, environment, version, fingerprint, incident_id)
     select $2, 'production', 1, sha256(id::text::bytea), id from unnest($1::uuid[]) id`,
    [incidentIds, projectId],
  );
  await pool.query(
    `insert into incident_occurrences (received_at, incident_id, event_id, project_id, occurred_at, door, reason, is_counted, payload)
     select now(), id, gen_random_uuid(), $2, now(), 'ingest', 'opened', true, '{"a": [1, "x"]}' from unnest($1::uuid[]) id, generate_series(1, 3)`,
    [incidentIds, projectId],
  );
  await pool.query(
    `insert into incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version)
     select gen_random_uuid(), $2, id, decision, 'first of its kind', '1'
     from unnest($1::uuid[]) id, unnest(array['opened', 'approved']) decision`,
    [incidentIds, projectId],
  );
  await pool.query(
    `insert into autopsy_results (project_id, incident_id, root_cause, patch_diff, ai_fix_prompt, manual_steps)
     select $2, id, 'a null', '--- a', 'mend it', '["open the file"]' from unnest($1::uuid[]) id`,
    [incidentIds, projectId],
  );
  await pool.query(
    `insert into workflow_executions (id, project_id, workflow_id, execution_id, incident_id, status, started_at, completed_at)
     select id, $2, '01960000-0000-7000-8000-000000000001', 'exec_' || id, id, 'completed', now(), now() from unnest($1::uuid[]) id`,
    [incidentIds, projectId],
  );
  await pool.query(
    `insert into execution_logs (id, project_id, execution_id, level, message)
     select gen_random_uuid(), $2, id, 'INFO', 'started' from unnest($1::uuid[]) id, generate_series(1, 2)`,
    [incidentIds, projectId],
  );
  return { projectId, incidentIds };
}
