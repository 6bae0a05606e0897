-- Four schemas in which each document's words hold: `SET search_path TO tracking` and document 5's queries run as
-- printed. The views serve reads and deletes. Times that a document has without a zone are in UTC. The words of a status
-- are CASE expressions, with an index on each, that PostgreSQL can compare without a function of ours: such a function
-- would not be leakproof, and row-level security would keep it from the index.

-- Document 1 ----------------------------------------------------------------------------------------------------------

CREATE SCHEMA autopsy;
CREATE VIEW autopsy.incidents WITH (security_invoker = true) AS
SELECT incident_id::varchar(255) AS id, trace_id, detector AS error_type, error_message, stack_trace, file_snapshots, pr_url, pr_number,
  CASE status
    WHEN 'open' THEN 'detected'::varchar(50) WHEN 'triaged' THEN 'detected'::varchar(50)
    WHEN 'pr_created' THEN 'pr_created'::varchar(50)
    WHEN 'resolved' THEN 'resolved'::varchar(50) WHEN 'suppressed' THEN 'resolved'::varchar(50)
    ELSE 'analyzing'::varchar(50) END AS status,
  created_at AT TIME ZONE 'UTC' AS created_at, updated_at AT TIME ZONE 'UTC' AS updated_at
FROM public.incidents;
CREATE INDEX idx_incidents_autopsy_status ON incidents((CASE status
    WHEN 'open' THEN 'detected'::varchar(50) WHEN 'triaged' THEN 'detected'::varchar(50)
    WHEN 'pr_created' THEN 'pr_created'::varchar(50)
    WHEN 'resolved' THEN 'resolved'::varchar(50) WHEN 'suppressed' THEN 'resolved'::varchar(50)
    ELSE 'analyzing'::varchar(50) END));
CREATE INDEX idx_incidents_autopsy_created_at ON incidents((created_at AT TIME ZONE 'UTC') DESC);

CREATE VIEW autopsy.autopsy_results WITH (security_invoker = true) AS
SELECT a.id, i.incident_id::varchar(255) AS incident_id, a.root_cause, a.patch_diff, a.ai_fix_prompt, a.manual_steps,
  a.confidence_score, a.model_used, a.analysis_time_ms, a.created_at AT TIME ZONE 'UTC' AS created_at
FROM public.autopsy_results a JOIN public.incidents i ON i.id = a.incident_id;
CREATE FUNCTION autopsy.delete_autopsy_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.autopsy_results WHERE id = OLD.id;
  RETURN OLD;
END;
$$;
CREATE TRIGGER delete_autopsy_result INSTEAD OF DELETE ON autopsy.autopsy_results
  FOR EACH ROW EXECUTE FUNCTION autopsy.delete_autopsy_result();

-- Document 2 ----------------------------------------------------------------------------------------------------------

CREATE SCHEMA triage;
CREATE VIEW triage.fault_events WITH (security_invoker = true) AS
SELECT fault_id, subscription_id, cluster, received_at, resource_api_version, resource_kind, resource_name,
  resource_namespace, resource_uid, fault_type, severity, context, timestamp
FROM public.fault_events;
CREATE VIEW triage.incidents WITH (security_invoker = true) AS
SELECT id AS incident_id, fault_id,
  CASE status
    WHEN 'open' THEN 'pending'::varchar(20) WHEN 'triaged' THEN 'pending'::varchar(20)
    WHEN 'investigating' THEN 'investigating'::varchar(20)
    WHEN 'failed' THEN 'failed'::varchar(20) WHEN 'agent_failed' THEN 'agent_failed'::varchar(20)
    ELSE 'resolved'::varchar(20) END AS status,
  created_at, started_at, completed_at, exit_code, cluster, subscription_id, resource_api_version, resource_kind,
  resource_name, resource_namespace, resource_uid, fault_type, severity, failure_reason, context, fault_timestamp AS timestamp
FROM public.incidents;
CREATE INDEX idx_incidents_triage_status ON incidents((CASE status
    WHEN 'open' THEN 'pending'::varchar(20) WHEN 'triaged' THEN 'pending'::varchar(20)
    WHEN 'investigating' THEN 'investigating'::varchar(20)
    WHEN 'failed' THEN 'failed'::varchar(20) WHEN 'agent_failed' THEN 'agent_failed'::varchar(20)
    ELSE 'resolved'::varchar(20) END), created_at);
CREATE VIEW triage.agent_executions WITH (security_invoker = true) AS
SELECT execution_id, incident_id, started_at, completed_at, exit_code, error_message, log_paths FROM public.agent_executions;
CREATE VIEW triage.triage_reports WITH (security_invoker = true) AS
SELECT report_id, incident_id, execution_id, generated_at, report_markdown, report_html FROM public.triage_reports;

-- Document 4 ----------------------------------------------------------------------------------------------------------

CREATE SCHEMA diagnosis;
CREATE VIEW diagnosis.services WITH (security_invoker = true) AS
SELECT service_id, cluster_id, namespace, service_name, created_at FROM public.services;
CREATE VIEW diagnosis.deployment_events WITH (security_invoker = true) AS
SELECT deployment_event_id, service_id, started_at, finished_at, deploy_type, image_ref, revision, metadata FROM public.deployment_events;
CREATE VIEW diagnosis.config_change_events WITH (security_invoker = true) AS
SELECT config_change_id, service_id, detected_at, source, change_kind, resource_name, diff_payload, actor, audit_log_ref
FROM public.config_change_events;
CREATE VIEW diagnosis.incidents WITH (security_invoker = true) AS
SELECT id AS incident_id, service_id,
  CASE status WHEN 'open' THEN 'open'::text WHEN 'resolved' THEN 'resolved'::text WHEN 'suppressed' THEN 'suppressed'::text
    ELSE 'triaged'::text END AS status,
  trigger_type,
  CASE severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END AS severity,
  window_start, window_end, created_at, updated_at, resolved_at, resolution_kind, resolution_summary, resolved_hypothesis_id
FROM public.incidents;
CREATE INDEX idx_incidents_diagnosis_status ON incidents((CASE status
    WHEN 'open' THEN 'open'::text WHEN 'resolved' THEN 'resolved'::text WHEN 'suppressed' THEN 'suppressed'::text
    ELSE 'triaged'::text END));
CREATE INDEX idx_incidents_diagnosis_severity ON incidents((
  CASE severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END));
CREATE VIEW diagnosis.incident_decisions WITH (security_invoker = true) AS
SELECT decision_id, incident_id, decided_at, decision, rationale, policy_version, details FROM public.incident_decisions;
CREATE VIEW diagnosis.evidence_artifacts WITH (security_invoker = true) AS
SELECT evidence_id, incident_id, kind, source, ref, created_at, metadata FROM public.evidence_artifacts;
CREATE VIEW diagnosis.incident_hypotheses WITH (security_invoker = true) AS
SELECT hypothesis_id, incident_id, rank, hypothesis_type, title, confidence, evidence_ids, details FROM public.incident_hypotheses;
CREATE VIEW diagnosis.incident_reports WITH (security_invoker = true) AS
SELECT report_id, incident_id, created_at, model_info, report_markdown, evidence_ids FROM public.incident_reports;
CREATE VIEW diagnosis.commits WITH (security_invoker = true) AS
SELECT commit_sha, repo, author, message, summary, authored_at, created_at FROM public.commits;
CREATE VIEW diagnosis.commit_files WITH (security_invoker = true) AS
SELECT id, commit_sha, file_path, change_type, diff_text, lines_added, lines_removed FROM public.commit_files;
CREATE VIEW diagnosis.deployment_commit_ranges WITH (security_invoker = true) AS
SELECT deployment_event_id, previous_revision, current_revision, is_rollback, commit_shas FROM public.deployment_commit_ranges;
CREATE VIEW diagnosis.feedback_events WITH (security_invoker = true) AS
SELECT feedback_event_id, incident_id, created_at, actor_type, actor_id, event_type, payload FROM public.feedback_events;
CREATE VIEW diagnosis.metric_points WITH (security_invoker = true) AS
SELECT ts, service_key, metric_name, value, labels FROM public.metric_points;
CREATE VIEW diagnosis.anomaly_features WITH (security_invoker = true) AS
SELECT incident_id, ts, service_key, feature_name, feature_value FROM public.anomaly_features;

-- Document 5 ----------------------------------------------------------------------------------------------------------

CREATE SCHEMA tracking;
CREATE VIEW tracking.users WITH (security_invoker = true) AS
SELECT id, github_id, github_login, github_email, avatar_url, created_at AT TIME ZONE 'UTC' AS created_at,
  updated_at AT TIME ZONE 'UTC' AS updated_at
FROM public.users;
CREATE VIEW tracking.projects WITH (security_invoker = true) AS
SELECT id, project_id, owner_id, repo_owner, repo_name, repo_full_name, platform, ingest_api_key,
  created_at AT TIME ZONE 'UTC' AS created_at, updated_at AT TIME ZONE 'UTC' AS updated_at
FROM public.projects;
CREATE VIEW tracking.incidents WITH (security_invoker = true) AS
SELECT id, incident_id, project_id, error_message, error_type, stack_trace, file_path, line_number, column_number, commit_sha,
  deployment_id, environment,
  CASE WHEN status IN ('resolved', 'suppressed') THEN 'resolved'::varchar(20) ELSE 'open'::varchar(20) END AS status,
  occurred_at AT TIME ZONE 'UTC' AS occurred_at, created_at AT TIME ZONE 'UTC' AS created_at,
  resolved_at AT TIME ZONE 'UTC' AS resolved_at, metadata
FROM public.incidents;
CREATE INDEX idx_incidents_tracking_status ON incidents(project_id, (
  CASE WHEN status IN ('resolved', 'suppressed') THEN 'resolved'::varchar(20) ELSE 'open'::varchar(20) END), (created_at AT TIME ZONE 'UTC') DESC);
CREATE VIEW tracking.api_key_usage WITH (security_invoker = true) AS
SELECT id, project_id, key_type, last_used_at AT TIME ZONE 'UTC' AS last_used_at, usage_count FROM public.api_key_usage;
