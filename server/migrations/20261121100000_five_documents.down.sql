DROP MATERIALIZED VIEW incident_daily_totals, workflow_daily_totals;
DROP VIEW recent_workflow_activity, workflow_performance_stats, incident_resolutions;
DROP TABLE retrieval_points, log_records, spans, anomaly_features, metric_points, outbox_positions, outbox, deliveries,
  integration_events, integrations;

DROP FUNCTION cleanup_old_execution_logs(int);
ALTER TABLE execution_logs RENAME TO execution_logs_parted;
ALTER TABLE execution_logs_parted DROP CONSTRAINT execution_logs_pkey;
DROP INDEX idx_execution_logs_composite, idx_execution_logs_project_id;
CREATE TABLE execution_logs (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  execution_id uuid NOT NULL REFERENCES workflow_executions(id) ON DELETE CASCADE,
  level varchar(20) NOT NULL,
  message text NOT NULL,
  metadata jsonb,
  step_name varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT chk_log_level CHECK (level IN ('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'))
);
CREATE INDEX idx_execution_logs_composite ON execution_logs(execution_id, created_at);
CREATE INDEX idx_execution_logs_project_id ON execution_logs(project_id);
INSERT INTO execution_logs (id, project_id, execution_id, level, message, metadata, step_name, created_at)
SELECT id, project_id, execution_id, level, message, metadata, step_name, created_at FROM execution_logs_parted;
DROP TABLE execution_logs_parted, workflow_triggers, workflow_actions;

DROP INDEX idx_workflow_executions_status, idx_workflow_executions_started_at, idx_workflow_executions_trigger_type,
  idx_workflow_executions_composite, idx_workflows_config;
ALTER TABLE workflow_executions RENAME CONSTRAINT idx_workflow_executions_execution_id TO workflow_executions_execution_id_key;
ALTER TABLE workflow_executions DROP CONSTRAINT chk_completed_at_after_started, ALTER COLUMN id DROP DEFAULT;
ALTER TABLE workflows ALTER COLUMN id DROP DEFAULT;

DROP TRIGGER refuse_rewriting_history ON incident_decisions;
DROP TRIGGER refuse_missing_evidence ON incident_hypotheses;
DROP TRIGGER refuse_missing_evidence ON incident_reports;
DROP FUNCTION refuse_missing_evidence();
DROP FUNCTION derive_resolutions(uuid[]);
DROP TABLE feedback_events, triage_reports, agent_executions;
DROP FUNCTION derive_from_feedback();
DROP INDEX idx_autopsy_incident_id;
ALTER TABLE autopsy_runs DROP COLUMN model_used, DROP COLUMN prompt_version;

ALTER TABLE incident_last_payloads DROP COLUMN project_id;
ALTER TABLE incident_counters DROP COLUMN project_id;
DROP INDEX idx_incidents_trace_id, idx_incidents_status, idx_incidents_error_type, idx_incidents_occurred_at,
  idx_incidents_commit_sha, idx_incidents_severity, idx_incidents_unresolved, idx_incidents_triage_list;
ALTER INDEX idx_incidents_project_id RENAME TO idx_incidents_project_created;
ALTER INDEX idx_incidents_created_at RENAME TO idx_incidents_created;
ALTER TABLE incidents RENAME CONSTRAINT idx_incidents_incident_id TO incidents_incident_id_key;
ALTER TABLE incidents
  ALTER COLUMN id DROP DEFAULT,
  DROP CONSTRAINT incidents_resolution_kind_check, DROP CONSTRAINT chk_incidents_window, DROP CONSTRAINT chk_incidents_otlp,
  DROP CONSTRAINT chk_incidents_kubernetes, DROP CONSTRAINT incidents_fault_fkey,
  DROP COLUMN file_snapshots, DROP COLUMN pr_url, DROP COLUMN pr_number, DROP COLUMN fault_id, DROP COLUMN subscription_id,
  DROP COLUMN cluster, DROP COLUMN resource_api_version, DROP COLUMN resource_kind, DROP COLUMN resource_name,
  DROP COLUMN resource_namespace, DROP COLUMN resource_uid, DROP COLUMN fault_type, DROP COLUMN context,
  DROP COLUMN fault_timestamp, DROP COLUMN started_at, DROP COLUMN completed_at, DROP COLUMN exit_code,
  DROP COLUMN failure_reason, DROP COLUMN trigger_type, DROP COLUMN resolved_hypothesis_id;
DROP TABLE fault_events, topology_edges, dependencies, commit_files;
ALTER TABLE repository_commits DROP COLUMN project_id;
ALTER TABLE deployment_commit_ranges DROP COLUMN project_id;
DROP TABLE audit_log, project_members, user_identities;
DROP FUNCTION refuse_rewriting_history();
ALTER TABLE api_key_usage ALTER COLUMN id DROP DEFAULT;
DROP INDEX idx_projects_created_at;
ALTER TABLE projects ALTER COLUMN id DROP DEFAULT;
ALTER TABLE users RENAME CONSTRAINT idx_users_github_id TO users_github_id_key;
ALTER TABLE users ALTER COLUMN id DROP DEFAULT;
