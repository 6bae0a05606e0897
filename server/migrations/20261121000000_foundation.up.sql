-- People, projects and keys; repositories and what is known of changes; incidents and what is known of them.
-- The tables stand in the form that one schema for all five documents needs; later migrations add, they do not rename.

CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END;
$$;

-- People and access ---------------------------------------------------------------------------------------------------

CREATE TABLE users (
  id uuid PRIMARY KEY,
  github_id integer UNIQUE,
  github_login varchar(255) NOT NULL,
  github_email varchar(255),
  avatar_url text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER update_users_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- One-time sign-in links. Only the hash of the token is kept.
CREATE TABLE login_links (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX idx_login_links_user_id ON login_links(user_id);

CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX idx_sessions_user_id ON sessions(user_id);
CREATE INDEX idx_sessions_expires_at ON sessions(expires_at);

CREATE TABLE projects (
  id uuid PRIMARY KEY,
  project_id varchar(64) NOT NULL UNIQUE,
  owner_id uuid NOT NULL REFERENCES users(id) ON DELETE RESTRICT,
  name varchar(255) NOT NULL,
  -- The number that stands at the end of a Sentry DSN; Sentry's SDKs accept digits only.
  dsn_number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  repo_host varchar(255),
  repo_owner varchar(255),
  repo_name varchar(255),
  repo_full_name varchar(512),
  platform varchar(50) NOT NULL DEFAULT 'other',
  ingest_api_key varchar(128) NOT NULL UNIQUE,
  settings jsonb NOT NULL DEFAULT '{}',
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_projects_project_id ON projects(project_id);
CREATE INDEX idx_projects_repo_full_name ON projects(repo_full_name);
CREATE INDEX idx_projects_owner_id ON projects(owner_id);
CREATE INDEX idx_projects_ingest_key ON projects(ingest_api_key);
CREATE UNIQUE INDEX uq_projects_repository ON projects(repo_host, repo_full_name)
  WHERE deleted_at IS NULL AND repo_full_name IS NOT NULL;
CREATE UNIQUE INDEX uq_projects_name ON projects(name) WHERE deleted_at IS NULL;
CREATE TRIGGER update_projects_updated_at BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- `prefix` is shown and finds the row; `secret_hash` (SHA-256 of the whole key, which is 192 random bits) decides.
CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  key_type varchar(50) NOT NULL CHECK (key_type IN ('ingest', 'api')),
  prefix varchar(32) NOT NULL UNIQUE,
  secret_hash bytea NOT NULL,
  last_used_at timestamptz,
  usage_count bigint NOT NULL DEFAULT 0,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_api_keys_project_id ON api_keys(project_id);

CREATE TABLE api_key_usage (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  key_type varchar(50) NOT NULL,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  usage_count bigint NOT NULL DEFAULT 0,
  UNIQUE (project_id, key_type)
);
CREATE INDEX idx_api_key_usage_project_id ON api_key_usage(project_id);

-- Changes -------------------------------------------------------------------------------------------------------------

CREATE TABLE repositories (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  url text NOT NULL,
  default_branch varchar(255),
  last_fetched_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, url)
);
CREATE TRIGGER update_repositories_updated_at BEFORE UPDATE ON repositories FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE services (
  service_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  cluster_id text NOT NULL DEFAULT 'default',
  namespace text NOT NULL,
  service_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, cluster_id, namespace, service_name)
);

CREATE TABLE deployment_events (
  deployment_event_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_id uuid NOT NULL REFERENCES services(service_id) ON DELETE CASCADE,
  environment varchar(50) NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  deploy_type text NOT NULL CHECK (deploy_type IN ('helm', 'k8s', 'argo', 'flux', 'manual', 'other')),
  image_ref text,
  revision text,
  commit_sha text CHECK (commit_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  release text,
  -- The platform's own id of the deployment.
  deployment_id varchar(255),
  -- 'reported' by POST /api/deployments, or 'observed' in a signal's release and commit attributes.
  origin text NOT NULL DEFAULT 'reported' CHECK (origin IN ('reported', 'observed')),
  metadata jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_deployment_events_service_time ON deployment_events(service_id, environment, started_at DESC);
CREATE INDEX idx_deployment_events_project_time ON deployment_events(project_id, started_at DESC);
CREATE UNIQUE INDEX uq_deployment_events_platform ON deployment_events(project_id, deployment_id) WHERE deployment_id IS NOT NULL;

-- Which revision ran where, from when to when. `to_at` is null while it runs.
CREATE TABLE service_revisions (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_id uuid NOT NULL REFERENCES services(service_id) ON DELETE CASCADE,
  environment varchar(50) NOT NULL,
  commit_sha text CHECK (commit_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  release text,
  from_at timestamptz NOT NULL,
  to_at timestamptz,
  -- 0..1: how sure it is that this commit is what ran (DESIGN section 3).
  mapping_confidence real NOT NULL CHECK (mapping_confidence BETWEEN 0 AND 1),
  mapping_source text NOT NULL,
  deployment_event_id uuid REFERENCES deployment_events(deployment_event_id) ON DELETE SET NULL,
  CHECK (to_at IS NULL OR to_at >= from_at)
);
CREATE UNIQUE INDEX uq_service_revisions_start ON service_revisions(service_id, environment, from_at);
CREATE INDEX idx_service_revisions_project_id ON service_revisions(project_id);
CREATE INDEX idx_service_revisions_deployment_event_id ON service_revisions(deployment_event_id);

CREATE TABLE deployment_commit_ranges (
  deployment_event_id uuid PRIMARY KEY REFERENCES deployment_events(deployment_event_id) ON DELETE CASCADE,
  previous_revision text,
  current_revision text NOT NULL,
  is_rollback boolean NOT NULL DEFAULT false,
  commit_shas text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE config_change_events (
  config_change_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_id uuid REFERENCES services(service_id) ON DELETE CASCADE,
  environment varchar(50) NOT NULL DEFAULT 'production',
  detected_at timestamptz NOT NULL,
  source text NOT NULL,
  change_kind text NOT NULL,
  resource_name text NOT NULL,
  diff_payload jsonb NOT NULL,
  actor text,
  audit_log_ref text
);
CREATE INDEX config_change_events_service_time ON config_change_events(service_id, detected_at);
CREATE INDEX idx_config_change_events_project_time ON config_change_events(project_id, detected_at DESC);

CREATE TABLE commits (
  commit_sha text PRIMARY KEY CHECK (commit_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  repo text NOT NULL,
  author text,
  message text NOT NULL,
  summary text,
  authored_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE repository_commits (
  repository_id uuid NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
  commit_sha text NOT NULL REFERENCES commits(commit_sha) ON DELETE CASCADE,
  PRIMARY KEY (repository_id, commit_sha)
);
CREATE INDEX idx_repository_commits_commit_sha ON repository_commits(commit_sha);

-- Incidents -----------------------------------------------------------------------------------------------------------

CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  incident_id varchar(64) NOT NULL UNIQUE,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_id uuid REFERENCES services(service_id) ON DELETE SET NULL,
  source text NOT NULL CHECK (source IN ('ingest', 'sentry', 'otlp', 'kubernetes', 'alert', 'manual')),
  status varchar(20) NOT NULL DEFAULT 'open' CHECK (status IN (
    'open', 'suppressed', 'triaged', 'investigating', 'diagnosed', 'pr_created', 'failed', 'agent_failed', 'resolved')),
  severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  title text NOT NULL,
  detector varchar(50) CHECK (detector IN ('exception', 'http_error', 'latency', 'crash')),
  error_type varchar(255),
  error_message text NOT NULL,
  stack_trace text,
  -- Frames of the first occurrence as parsed: [{file, function, line, column, isInApp}], failing call first.
  frames jsonb NOT NULL DEFAULT '[]',
  file_path varchar(1024),
  line_number integer,
  column_number integer,
  trace_id varchar(255),
  release text,
  commit_sha varchar(64),
  deployment_id varchar(255),
  deployment_event_id uuid REFERENCES deployment_events(deployment_event_id) ON DELETE SET NULL,
  environment varchar(50) NOT NULL,
  occurred_at timestamptz NOT NULL,
  window_start timestamptz NOT NULL,
  window_end timestamptz NOT NULL,
  -- The verdict of the newest investigation, for lists: no join there.
  verdict text CHECK (verdict IN ('confirmed', 'likely', 'inconclusive')),
  verdict_summary text,
  culprit_commit text,
  -- Set when a later occurrence reopened a resolved incident.
  is_regression boolean NOT NULL DEFAULT false,
  resolved_at timestamptz,
  resolution_kind text,
  resolution_summary text,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_incidents_created ON incidents(created_at DESC, id DESC);
CREATE INDEX idx_incidents_project_status ON incidents(project_id, status, created_at DESC, id DESC);
CREATE INDEX idx_incidents_project_created ON incidents(project_id, created_at DESC, id DESC);
CREATE INDEX idx_incidents_service_id ON incidents(service_id);
CREATE INDEX idx_incidents_deployment_event_id ON incidents(deployment_event_id);
-- The gate's work list: what nobody has decided about yet.
CREATE INDEX idx_incidents_ungated ON incidents(project_id, created_at) WHERE status = 'open';
CREATE TRIGGER update_incidents_updated_at BEFORE UPDATE ON incidents FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- One failure, one incident: whoever inserts the key first opens the incident. A bare 5xx that turns out to be an
-- exception gives the incident a second key. The reference is deferred because the key is claimed before the row.
CREATE TABLE incident_fingerprints (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  environment varchar(50) NOT NULL,
  version smallint NOT NULL,
  -- SHA-256 of the canonical text.
  fingerprint bytea NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (project_id, environment, version, fingerprint)
);
CREATE INDEX idx_incident_fingerprints_incident_id ON incident_fingerprints(incident_id);

-- Which incidents a trace told of, and how often through each door: two doors telling of one request count once, so an
-- incident counts the largest of them. Kept for an hour.
CREATE TABLE incident_traces (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  trace_id varchar(64) NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  door text NOT NULL,
  event_count integer NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, trace_id, incident_id, door)
);
CREATE INDEX idx_incident_traces_incident_id ON incident_traces(incident_id);
CREATE INDEX idx_incident_traces_received_at ON incident_traces USING brin (received_at);

-- Narrow on purpose: ten times faster to move than the wide, heavily indexed row.
CREATE TABLE incident_counters (
  incident_id uuid PRIMARY KEY REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  occurrence_count bigint NOT NULL DEFAULT 0,
  payload_count integer NOT NULL DEFAULT 0,
  last_payload_at timestamptz,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL
) WITH (fillfactor = 70);

-- Every acknowledged event id, so that a repeat of a request counts nothing twice.
CREATE TABLE event_ids (
  project_id uuid NOT NULL,
  event_id uuid NOT NULL,
  incident_id uuid NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, event_id)
);
CREATE INDEX idx_event_ids_received_at ON event_ids USING brin (received_at);

-- One row for each acknowledged event; the payload only for the first, the sampled and (below) the last.
CREATE TABLE incident_occurrences (
  received_at timestamptz NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  event_id uuid NOT NULL,
  project_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  door text NOT NULL,
  -- Why it joined: opened, same_fingerprint, same_trace, reopened, late.
  reason text NOT NULL,
  -- False where another door told of the same request before: the sum over an incident is its occurrence_count.
  is_counted boolean NOT NULL,
  release text,
  commit_sha text,
  trace_id varchar(64),
  payload jsonb
) PARTITION BY RANGE (received_at);
CREATE INDEX idx_incident_occurrences_incident ON incident_occurrences(incident_id, received_at DESC);

-- The newest payload of an incident beyond those of its occurrences, renewed at most every thirty seconds.
CREATE TABLE incident_last_payloads (
  incident_id uuid PRIMARY KEY REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  event_id uuid NOT NULL,
  received_at timestamptz NOT NULL,
  payload jsonb NOT NULL
);

CREATE TABLE incident_decisions (
  decision_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  decided_at timestamptz NOT NULL DEFAULT now(),
  decision text NOT NULL CHECK (decision IN ('approved', 'suppressed', 'opened', 'merged', 'reopened', 'resolved')),
  rationale text NOT NULL,
  policy_version text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_incident_decisions_incident_id ON incident_decisions(incident_id, decided_at);
CREATE INDEX idx_incident_decisions_project_time ON incident_decisions(project_id, decision, decided_at DESC);

-- What investigations found -------------------------------------------------------------------------------------------

CREATE TABLE evidence_artifacts (
  evidence_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('clickhouse_query', 'prom_query', 'k8s_event', 'git_diff', 'snapshot', 'note', 'retrieval', 'sql_query')),
  source text NOT NULL CHECK (source IN ('clickhouse', 'prometheus', 'k8s', 'github', 'manual', 'qdrant', 'pgvector', 'postgres', 'git')),
  ref text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- {title, snapshot, ...}: what was read, as it was read.
  metadata jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_evidence_artifacts_incident_id ON evidence_artifacts(incident_id);
CREATE INDEX idx_evidence_artifacts_project_id ON evidence_artifacts(project_id);

CREATE TABLE incident_hypotheses (
  hypothesis_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  -- Revision of the investigation, from 1; the newest is the answer.
  revision integer NOT NULL DEFAULT 1,
  rank integer NOT NULL,
  hypothesis_type text NOT NULL CHECK (hypothesis_type IN ('release', 'traffic', 'dependency', 'db', 'infra', 'unknown', 'config')),
  title text NOT NULL,
  confidence numeric(3,2) NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  evidence_ids uuid[] NOT NULL,
  -- {commitSha?, configChangeId?, for: [{text, evidenceId}], against: [...], advice?}
  details jsonb NOT NULL DEFAULT '{}',
  UNIQUE (incident_id, revision, rank)
);
CREATE INDEX idx_incident_hypotheses_project_id ON incident_hypotheses(project_id);

CREATE TABLE incident_reports (
  report_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  model_info jsonb NOT NULL DEFAULT '{}',
  verdict text NOT NULL CHECK (verdict IN ('confirmed', 'likely', 'inconclusive')),
  summary text NOT NULL,
  report_markdown text NOT NULL,
  -- What changed against the revision before; null for the first.
  changed text,
  evidence_ids uuid[] NOT NULL,
  UNIQUE (incident_id, revision)
);
CREATE INDEX idx_incident_reports_project_id ON incident_reports(project_id);

-- Every autopsy run: the patch, and the proof of having run it. `autopsy_results` is the current answer.
CREATE TABLE autopsy_runs (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  revision integer NOT NULL,
  proposer text NOT NULL,
  -- 'fix' removes the cause, 'mitigation' hides it, 'revert' undoes the change.
  patch_kind text CHECK (patch_kind IN ('fix', 'mitigation', 'revert')),
  base_commit text,
  patch_diff text,
  patch_applies boolean,
  test_path text,
  test_diff text,
  proof text NOT NULL CHECK (proof IN ('green', 'red', 'not_run')),
  proof_reason text NOT NULL,
  -- [{name, command, exitCode, durationMs, outcome, log}]
  proof_steps jsonb NOT NULL DEFAULT '[]',
  isolation text NOT NULL DEFAULT 'none',
  duration_ms integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_autopsy_runs_incident_id ON autopsy_runs(incident_id, created_at);
CREATE INDEX idx_autopsy_runs_project_id ON autopsy_runs(project_id);

CREATE TABLE autopsy_results (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  root_cause text NOT NULL,
  patch_diff text,
  ai_fix_prompt text NOT NULL,
  manual_steps jsonb NOT NULL,
  confidence_score double precision,
  model_used varchar(50),
  analysis_time_ms integer,
  autopsy_run_id uuid REFERENCES autopsy_runs(id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_autopsy_incident_unique ON autopsy_results(incident_id);
CREATE INDEX idx_autopsy_created_at ON autopsy_results(created_at DESC);
CREATE INDEX idx_autopsy_results_project_id ON autopsy_results(project_id);
CREATE INDEX idx_autopsy_results_run_id ON autopsy_results(autopsy_run_id);

-- Workflow executions: the durable runner ----------------------------------------------------------------------------

CREATE TABLE workflows (
  id uuid PRIMARY KEY,
  -- Null for the built-in ones, which every project shares.
  project_id uuid REFERENCES projects(id) ON DELETE CASCADE,
  name varchar(255) NOT NULL,
  description text,
  status varchar(50) NOT NULL DEFAULT 'active',
  config jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255),
  CONSTRAINT chk_workflow_status CHECK (status IN ('active', 'inactive', 'archived', 'draft')),
  CONSTRAINT uq_workflows_name UNIQUE NULLS NOT DISTINCT (project_id, name)
);
-- The response to an incident. Its steps are code (surfaces/jobs); the row is what executions point at.
INSERT INTO workflows (id, name, description, created_by)
VALUES ('01960000-0000-7000-8000-000000000001', 'incident-response', 'Investigate an incident, draft a patch and prove it.', 'culprit');
CREATE INDEX idx_workflows_status ON workflows(status);
CREATE INDEX idx_workflows_created_at ON workflows(created_at DESC);
CREATE TRIGGER update_workflows_updated_at BEFORE UPDATE ON workflows FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE workflow_executions (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  workflow_id uuid NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  execution_id varchar(255) NOT NULL UNIQUE,
  incident_id uuid REFERENCES incidents(id) ON DELETE CASCADE,
  status varchar(50) NOT NULL DEFAULT 'pending',
  started_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  -- Checkpoints: {steps: {name: output}}. A step with an entry here is not run again.
  result jsonb NOT NULL DEFAULT '{"steps": {}}',
  error_message text,
  retry_count integer NOT NULL DEFAULT 0,
  parent_execution_id uuid REFERENCES workflow_executions(id) ON DELETE SET NULL,
  trigger_type varchar(100),
  trigger_data jsonb,
  CONSTRAINT chk_execution_status CHECK (status IN ('pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'))
);
CREATE INDEX idx_workflow_executions_workflow_id ON workflow_executions(workflow_id);
CREATE INDEX idx_workflow_executions_incident_id ON workflow_executions(incident_id, started_at DESC);
CREATE INDEX idx_workflow_executions_project_id ON workflow_executions(project_id);
CREATE INDEX idx_workflow_executions_parent ON workflow_executions(parent_execution_id);
CREATE INDEX idx_workflow_executions_live ON workflow_executions(status) WHERE status IN ('pending', 'running');

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
