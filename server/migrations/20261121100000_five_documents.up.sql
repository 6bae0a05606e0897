-- The tables, columns, checks, indexes and functions of the five schema documents (D1 autopsy, D2 triage, D3 workflow
-- engine, D4 diagnosis, D5 tracking) that the foundation did not have yet, and what one product for many projects adds.

-- People and access ---------------------------------------------------------------------------------------------------

ALTER TABLE users ALTER COLUMN id SET DEFAULT gen_random_uuid();
ALTER TABLE users RENAME CONSTRAINT users_github_id_key TO idx_users_github_id;
ALTER TABLE projects ALTER COLUMN id SET DEFAULT gen_random_uuid();
ALTER TABLE api_key_usage ALTER COLUMN id SET DEFAULT gen_random_uuid();

CREATE INDEX idx_projects_created_at ON projects(created_at DESC, id DESC) WHERE deleted_at IS NULL;

-- A person at a sign-in provider; `subject` is the provider's stable id.
CREATE TABLE user_identities (
  provider varchar(50) NOT NULL,
  host varchar(255) NOT NULL,
  subject varchar(255) NOT NULL,
  user_id uuid NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  login varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, host, subject)
);
CREATE INDEX idx_user_identities_user_id ON user_identities(user_id);

CREATE TABLE project_members (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  role varchar(20) NOT NULL DEFAULT 'member' CHECK (role IN ('admin', 'member', 'viewer')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX idx_project_members_user_id ON project_members(user_id);
CREATE TRIGGER update_project_members_updated_at BEFORE UPDATE ON project_members
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- What was done by whom. It outlives the project that it is about, so it has no reference to it.
CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  project_id uuid,
  at timestamptz NOT NULL DEFAULT now(),
  actor_type text NOT NULL CHECK (actor_type IN ('user', 'key', 'system', 'integration')),
  actor_id text,
  action text NOT NULL,
  target_type text,
  target_id text,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_audit_log_project_time ON audit_log(project_id, at DESC);
CREATE INDEX idx_audit_log_at ON audit_log USING brin (at);

-- Changes -------------------------------------------------------------------------------------------------------------

ALTER TABLE deployment_commit_ranges ADD COLUMN project_id uuid REFERENCES projects(id) ON DELETE CASCADE;
UPDATE deployment_commit_ranges r SET project_id = d.project_id FROM deployment_events d WHERE d.deployment_event_id = r.deployment_event_id;
ALTER TABLE deployment_commit_ranges ALTER COLUMN project_id SET NOT NULL;
CREATE INDEX idx_deployment_commit_ranges_project_id ON deployment_commit_ranges(project_id);

ALTER TABLE repository_commits ADD COLUMN project_id uuid REFERENCES projects(id) ON DELETE CASCADE;
UPDATE repository_commits c SET project_id = r.project_id FROM repositories r WHERE r.id = c.repository_id;
ALTER TABLE repository_commits ALTER COLUMN project_id SET NOT NULL;
CREATE INDEX idx_repository_commits_project_id ON repository_commits(project_id);

CREATE TABLE commit_files (
  id uuid PRIMARY KEY,
  commit_sha text NOT NULL REFERENCES commits(commit_sha) ON DELETE CASCADE,
  file_path text NOT NULL,
  change_type text NOT NULL CHECK (change_type IN (
    'db_migration', 'dependency', 'config', 'timeout_retry', 'http_client', 'shared_util', 'auth', 'test', 'docs', 'other')),
  diff_text text,
  lines_added integer NOT NULL DEFAULT 0 CHECK (lines_added >= 0),
  lines_removed integer NOT NULL DEFAULT 0 CHECK (lines_removed >= 0),
  UNIQUE (commit_sha, file_path)
);
CREATE INDEX commit_files_sha_type ON commit_files(commit_sha, change_type);

-- What a service depends on and that is not a service of the project: a database, a queue, somebody's API.
CREATE TABLE dependencies (
  dependency_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('external', 'database', 'queue', 'cache', 'other')),
  engine text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, kind, name)
);

CREATE TABLE topology_edges (
  edge_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  environment varchar(50) NOT NULL,
  from_service_id uuid NOT NULL REFERENCES services(service_id) ON DELETE CASCADE,
  to_service_id uuid REFERENCES services(service_id) ON DELETE CASCADE,
  to_dependency_id uuid REFERENCES dependencies(dependency_id) ON DELETE CASCADE,
  source text NOT NULL DEFAULT 'traces' CHECK (source IN ('traces', 'kubernetes', 'manual')),
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  CHECK (num_nonnulls(to_service_id, to_dependency_id) = 1),
  CHECK (last_seen_at >= first_seen_at),
  CONSTRAINT uq_topology_edges UNIQUE NULLS NOT DISTINCT (from_service_id, environment, to_service_id, to_dependency_id)
);
CREATE INDEX idx_topology_edges_project_id ON topology_edges(project_id);
CREATE INDEX idx_topology_edges_to_service_id ON topology_edges(to_service_id);
CREATE INDEX idx_topology_edges_to_dependency_id ON topology_edges(to_dependency_id);

-- Kubernetes faults ---------------------------------------------------------------------------------------------------

-- One row for each fault id of a project, with the values of its first receipt; every receipt is an occurrence.
CREATE TABLE fault_events (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  fault_id varchar(255) NOT NULL,
  subscription_id varchar(255) NOT NULL,
  cluster varchar(255) NOT NULL CONSTRAINT chk_fault_events_cluster CHECK (cluster ~ '^[^[:cntrl:]]+$'),
  received_at timestamptz NOT NULL DEFAULT now(),
  last_received_at timestamptz NOT NULL DEFAULT now(),
  repeat_count integer NOT NULL DEFAULT 0 CHECK (repeat_count >= 0),
  resource_api_version varchar(255) NOT NULL,
  resource_kind varchar(255) NOT NULL,
  resource_name varchar(255) NOT NULL,
  -- Empty for what lies in no namespace, such as a node.
  resource_namespace varchar(255) NOT NULL DEFAULT '',
  resource_uid varchar(255) NOT NULL,
  fault_type varchar(255) NOT NULL CONSTRAINT chk_fault_events_fault_type CHECK (fault_type ~ '^[^[:cntrl:]]+$'),
  severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  context text NOT NULL DEFAULT '',
  timestamp timestamptz NOT NULL,
  PRIMARY KEY (project_id, fault_id)
);
CREATE INDEX idx_fault_events_cluster ON fault_events(cluster);
CREATE INDEX idx_fault_events_resource_kind ON fault_events(resource_kind);
CREATE INDEX idx_fault_events_resource_namespace ON fault_events(resource_namespace);
CREATE INDEX idx_fault_events_fault_type ON fault_events(fault_type);
CREATE INDEX idx_fault_events_severity ON fault_events(severity);
CREATE INDEX idx_fault_events_received_at ON fault_events(received_at DESC);

-- Incidents -----------------------------------------------------------------------------------------------------------

ALTER TABLE incidents
  ALTER COLUMN id SET DEFAULT gen_random_uuid(),
  -- D1
  ADD COLUMN file_snapshots jsonb,
  ADD COLUMN pr_url varchar(500),
  ADD COLUMN pr_number integer CHECK (pr_number > 0),
  -- D2
  ADD COLUMN fault_id varchar(255),
  ADD COLUMN subscription_id varchar(255),
  ADD COLUMN cluster varchar(255) CONSTRAINT chk_incidents_cluster CHECK (cluster ~ '^[^[:cntrl:]]+$'),
  ADD COLUMN resource_api_version varchar(255),
  ADD COLUMN resource_kind varchar(255),
  ADD COLUMN resource_name varchar(255),
  ADD COLUMN resource_namespace varchar(255),
  ADD COLUMN resource_uid varchar(255),
  ADD COLUMN fault_type varchar(255) CONSTRAINT chk_incidents_fault_type CHECK (fault_type ~ '^[^[:cntrl:]]+$'),
  ADD COLUMN context text,
  ADD COLUMN fault_timestamp timestamptz,
  ADD COLUMN started_at timestamptz,
  ADD COLUMN completed_at timestamptz,
  ADD COLUMN exit_code integer,
  ADD COLUMN failure_reason text,
  -- D4
  ADD COLUMN trigger_type text NOT NULL DEFAULT 'custom'
    CHECK (trigger_type IN ('error_rate_spike', 'p99_regression', 'crashloop', 'custom')),
  ADD COLUMN resolved_hypothesis_id uuid,
  ADD CONSTRAINT incidents_resolution_kind_check CHECK (resolution_kind IN ('hypothesis', 'other', 'unknown')),
  ADD CONSTRAINT resolved_hypothesis_fk FOREIGN KEY (resolved_hypothesis_id) REFERENCES incident_hypotheses(hypothesis_id) ON DELETE SET NULL,
  ADD CONSTRAINT incidents_fault_fkey FOREIGN KEY (project_id, fault_id) REFERENCES fault_events(project_id, fault_id)
    ON DELETE SET NULL (fault_id),
  ADD CONSTRAINT chk_incidents_window CHECK (window_end >= window_start),
  -- What each kind of source always knows; the fault id itself may be cleaned up before its incident.
  ADD CONSTRAINT chk_incidents_otlp CHECK (source <> 'otlp' OR num_nulls(trace_id, detector) = 0),
  ADD CONSTRAINT chk_incidents_kubernetes CHECK (source <> 'kubernetes' OR num_nulls(
    subscription_id, cluster, resource_api_version, resource_kind, resource_name, resource_namespace, resource_uid,
    fault_type, context, fault_timestamp) = 0);

ALTER TABLE incidents RENAME CONSTRAINT incidents_incident_id_key TO idx_incidents_incident_id;
ALTER INDEX idx_incidents_created RENAME TO idx_incidents_created_at;
ALTER INDEX idx_incidents_project_created RENAME TO idx_incidents_project_id;
CREATE INDEX idx_incidents_trace_id ON incidents(trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX idx_incidents_status ON incidents(status, created_at);
CREATE INDEX idx_incidents_error_type ON incidents(detector) WHERE detector IS NOT NULL;
CREATE INDEX idx_incidents_occurred_at ON incidents(occurred_at DESC);
CREATE INDEX idx_incidents_commit_sha ON incidents(commit_sha) WHERE commit_sha IS NOT NULL;
CREATE INDEX idx_incidents_severity ON incidents(severity);
CREATE INDEX idx_incidents_cluster ON incidents(cluster) WHERE cluster IS NOT NULL;
CREATE INDEX idx_incidents_resource_kind ON incidents(resource_kind) WHERE resource_kind IS NOT NULL;
CREATE INDEX idx_incidents_resource_namespace ON incidents(resource_namespace) WHERE resource_namespace IS NOT NULL;
CREATE INDEX idx_incidents_fault_type ON incidents(fault_type) WHERE fault_type IS NOT NULL;
CREATE INDEX idx_incidents_fault_id ON incidents(project_id, fault_id) WHERE fault_id IS NOT NULL;
CREATE INDEX idx_incidents_resolved_hypothesis_id ON incidents(resolved_hypothesis_id) WHERE resolved_hypothesis_id IS NOT NULL;
-- The list of the Kubernetes faults' incidents, both ways round.
CREATE INDEX idx_incidents_triage_list ON incidents(project_id, created_at DESC, id DESC) WHERE source = 'kubernetes';
-- The list of what is left to do.
CREATE INDEX idx_incidents_unresolved ON incidents(project_id, created_at DESC, id DESC) WHERE status NOT IN ('resolved', 'suppressed');

ALTER TABLE incident_counters ADD COLUMN project_id uuid REFERENCES projects(id) ON DELETE CASCADE;
UPDATE incident_counters c SET project_id = i.project_id FROM incidents i WHERE i.id = c.incident_id;
ALTER TABLE incident_counters ALTER COLUMN project_id SET NOT NULL;
CREATE INDEX idx_incident_counters_project_id ON incident_counters(project_id);

ALTER TABLE incident_last_payloads ADD COLUMN project_id uuid REFERENCES projects(id) ON DELETE CASCADE;
UPDATE incident_last_payloads p SET project_id = i.project_id FROM incidents i WHERE i.id = p.incident_id;
ALTER TABLE incident_last_payloads ALTER COLUMN project_id SET NOT NULL;
CREATE INDEX idx_incident_last_payloads_project_id ON incident_last_payloads(project_id);

-- An array can't hold references, so a trigger sees that each piece of evidence is there, on the same incident.
CREATE FUNCTION refuse_missing_evidence() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  missing uuid;
BEGIN
  SELECT id INTO missing FROM unnest(NEW.evidence_ids) AS id
  WHERE NOT EXISTS (SELECT 1 FROM evidence_artifacts e WHERE e.evidence_id = id AND e.incident_id = NEW.incident_id) LIMIT 1;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'evidence % is not on incident %', missing, NEW.incident_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER refuse_missing_evidence AFTER INSERT OR UPDATE OF evidence_ids ON incident_hypotheses
  FOR EACH ROW EXECUTE FUNCTION refuse_missing_evidence();
CREATE TRIGGER refuse_missing_evidence AFTER INSERT OR UPDATE OF evidence_ids ON incident_reports
  FOR EACH ROW EXECUTE FUNCTION refuse_missing_evidence();

-- Investigations by agents --------------------------------------------------------------------------------------------

CREATE TABLE agent_executions (
  execution_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  started_at timestamptz NOT NULL,
  completed_at timestamptz,
  exit_code integer,
  error_message text NOT NULL DEFAULT '',
  -- Paths of log files with commas between them, as D2 has it.
  log_paths text NOT NULL DEFAULT '',
  CHECK (completed_at IS NULL OR completed_at >= started_at)
);
CREATE INDEX idx_agent_executions_incident_id ON agent_executions(incident_id, started_at DESC);
CREATE INDEX idx_agent_executions_project_id ON agent_executions(project_id);

CREATE TABLE triage_reports (
  report_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  execution_id uuid NOT NULL REFERENCES agent_executions(execution_id) ON DELETE CASCADE,
  generated_at timestamptz NOT NULL DEFAULT now(),
  report_markdown text NOT NULL,
  report_html text
);
CREATE INDEX idx_triage_reports_incident_id ON triage_reports(incident_id, generated_at DESC);
CREATE INDEX idx_triage_reports_execution_id ON triage_reports(execution_id);
CREATE INDEX idx_triage_reports_project_id ON triage_reports(project_id);

CREATE INDEX idx_autopsy_incident_id ON autopsy_results(incident_id);
ALTER TABLE autopsy_runs
  ADD COLUMN model_used varchar(255),
  ADD COLUMN prompt_version text;

-- Feedback: the log is the truth, the resolution columns of `incidents` follow from it ---------------------------------

CREATE TABLE feedback_events (
  feedback_event_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_type text NOT NULL CHECK (actor_type IN ('user', 'system', 'integration')),
  actor_id text,
  event_type text NOT NULL CHECK (event_type IN (
    'hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set', 'incident_status_changed', 'human_note_added',
    'evidence_attached', 'identity_mapping_corrected')),
  payload jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_feedback_events_incident_id ON feedback_events(incident_id, created_at, feedback_event_id);
CREATE INDEX idx_feedback_events_project_time ON feedback_events(project_id, created_at DESC);

-- What the log says about how an incident ended. Only what came after its last reopening counts; a confirmed hypothesis
-- that was rejected later no longer does. Lateral, so that one incident costs a few steps in the index of its own events.
CREATE VIEW incident_resolutions WITH (security_invoker = true) AS
SELECT i.id AS incident_id,
  CASE WHEN s.payload ->> 'to' = 'resolved' THEN s.created_at END AS resolved_at,
  coalesce(c.kind, CASE WHEN s.payload ->> 'to' = 'resolved' THEN 'unknown' END) AS resolution_kind,
  coalesce(c.summary, CASE WHEN s.payload ->> 'to' = 'resolved' THEN s.payload ->> 'reason' END) AS resolution_summary,
  c.hypothesis_id AS resolved_hypothesis_id
FROM incidents i
LEFT JOIN LATERAL (
  SELECT created_at, payload FROM feedback_events
  WHERE incident_id = i.id AND event_type = 'incident_status_changed'
  ORDER BY created_at DESC, feedback_event_id DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT created_at, feedback_event_id FROM feedback_events
  WHERE incident_id = i.id AND event_type = 'incident_status_changed' AND payload ->> 'from' = 'resolved'
  ORDER BY created_at DESC, feedback_event_id DESC LIMIT 1
) reopened ON true
LEFT JOIN LATERAL (
  SELECT CASE e.event_type WHEN 'hypothesis_confirmed' THEN 'hypothesis' ELSE e.payload ->> 'root_cause_kind' END AS kind,
    (e.payload ->> 'hypothesis_id')::uuid AS hypothesis_id,
    coalesce(e.payload ->> 'summary', e.payload ->> 'note') AS summary
  FROM feedback_events e
  WHERE e.incident_id = i.id AND e.event_type IN ('hypothesis_confirmed', 'root_cause_set')
    AND (reopened.created_at IS NULL OR (e.created_at, e.feedback_event_id) > (reopened.created_at, reopened.feedback_event_id))
    AND NOT EXISTS (
      SELECT 1 FROM feedback_events n
      WHERE n.incident_id = i.id AND n.event_type = 'hypothesis_rejected'
        AND n.payload ->> 'hypothesis_id' = e.payload ->> 'hypothesis_id'
        AND (n.created_at, n.feedback_event_id) > (e.created_at, e.feedback_event_id))
  ORDER BY e.created_at DESC, e.feedback_event_id DESC LIMIT 1
) c ON true;

-- Writes the derived columns of the named incidents anew, and says how many of them changed. The lock comes first, and the
-- reading after it is of a fresh snapshot: of two writers the second one sees the events of both.
CREATE FUNCTION derive_resolutions(incident_ids uuid[]) RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  changed integer;
BEGIN
  PERFORM 1 FROM incidents WHERE id = ANY (incident_ids) ORDER BY id FOR NO KEY UPDATE;
  UPDATE incidents i SET resolved_at = d.resolved_at, resolution_kind = d.resolution_kind,
    resolution_summary = d.resolution_summary, resolved_hypothesis_id = d.resolved_hypothesis_id
  FROM (
    SELECT r.incident_id AS id, r.resolved_at, r.resolution_kind, r.resolution_summary, h.hypothesis_id AS resolved_hypothesis_id
    FROM incident_resolutions r
    LEFT JOIN incident_hypotheses h ON h.hypothesis_id = r.resolved_hypothesis_id AND h.incident_id = r.incident_id
    WHERE r.incident_id = ANY (incident_ids)
  ) d
  WHERE i.id = d.id AND (i.resolved_at, i.resolution_kind, i.resolution_summary, i.resolved_hypothesis_id)
    IS DISTINCT FROM (d.resolved_at, d.resolution_kind, d.resolution_summary, d.resolved_hypothesis_id);
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END;
$$;

-- Incidents that were resolved before there was a log get the event that they are derived from.
INSERT INTO feedback_events (feedback_event_id, project_id, incident_id, created_at, actor_type, event_type, payload)
SELECT gen_random_uuid(), project_id, id, resolved_at, 'system', 'incident_status_changed',
  jsonb_build_object('from', 'open', 'to', 'resolved', 'reason', resolution_summary)
FROM incidents WHERE resolved_at IS NOT NULL;

-- Whoever appends to the log, the columns follow in the same transaction. Notes, evidence and mappings move none.
CREATE FUNCTION derive_from_feedback() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  touched uuid[] := ARRAY(SELECT DISTINCT incident_id FROM appended
    WHERE event_type IN ('incident_status_changed', 'hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set'));
BEGIN
  IF touched <> '{}' THEN
    PERFORM derive_resolutions(touched);
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER derive_from_feedback AFTER INSERT ON feedback_events REFERENCING NEW TABLE AS appended
  FOR EACH STATEMENT EXECUTE FUNCTION derive_from_feedback();

-- Append-only: rows go with their incident or project, or in retention, never by themselves. A delete may come from a
-- document's schema, where `incidents` is its view.
CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  old_row jsonb := to_jsonb(OLD);
BEGIN
  IF current_setting('culprit.retention', true) = 'on' THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  -- A cascade comes here after the row that it started from is gone.
  IF TG_OP = 'DELETE' AND old_row ? 'incident_id' AND NOT (
    EXISTS (SELECT 1 FROM incidents WHERE id = (old_row ->> 'incident_id')::uuid)
    AND EXISTS (SELECT 1 FROM projects WHERE id = (old_row ->> 'project_id')::uuid)) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% on % is refused: the table is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Append a further row that corrects it; retention removes old ones.';
END;
$$;
CREATE TRIGGER refuse_rewriting_history BEFORE UPDATE OR DELETE ON feedback_events FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER refuse_rewriting_history BEFORE UPDATE OR DELETE ON incident_decisions FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER refuse_rewriting_history BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();

-- Workflow engine -----------------------------------------------------------------------------------------------------

ALTER TABLE workflows ALTER COLUMN id SET DEFAULT gen_random_uuid();
CREATE INDEX idx_workflows_config ON workflows USING gin (config);

ALTER TABLE workflow_executions
  ALTER COLUMN id SET DEFAULT gen_random_uuid(),
  ADD CONSTRAINT chk_completed_at_after_started CHECK (completed_at IS NULL OR completed_at >= started_at);
ALTER TABLE workflow_executions RENAME CONSTRAINT workflow_executions_execution_id_key TO idx_workflow_executions_execution_id;
CREATE INDEX idx_workflow_executions_status ON workflow_executions(status);
CREATE INDEX idx_workflow_executions_started_at ON workflow_executions(started_at DESC);
CREATE INDEX idx_workflow_executions_trigger_type ON workflow_executions(trigger_type);
CREATE INDEX idx_workflow_executions_composite ON workflow_executions(workflow_id, status, started_at DESC);

CREATE TABLE workflow_actions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Null where the workflow is built in.
  project_id uuid REFERENCES projects(id) ON DELETE CASCADE,
  workflow_id uuid NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  action_type varchar(100) NOT NULL,
  action_name varchar(255) NOT NULL,
  config jsonb NOT NULL DEFAULT '{}',
  order_index integer NOT NULL,
  conditions jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT uq_workflow_action_order UNIQUE (workflow_id, order_index),
  CONSTRAINT chk_order_index_positive CHECK (order_index >= 0)
);
CREATE INDEX idx_workflow_actions_workflow_id ON workflow_actions(workflow_id);
CREATE INDEX idx_workflow_actions_type ON workflow_actions(action_type);
CREATE INDEX idx_workflow_actions_order ON workflow_actions(workflow_id, order_index);
CREATE INDEX idx_workflow_actions_project_id ON workflow_actions(project_id);
CREATE TRIGGER update_workflow_actions_updated_at BEFORE UPDATE ON workflow_actions
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE workflow_triggers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid REFERENCES projects(id) ON DELETE CASCADE,
  workflow_id uuid NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  trigger_type varchar(100) NOT NULL,
  conditions jsonb NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT chk_trigger_type CHECK (trigger_type IN ('event', 'schedule', 'webhook', 'manual'))
);
CREATE INDEX idx_workflow_triggers_workflow_id ON workflow_triggers(workflow_id);
CREATE INDEX idx_workflow_triggers_type ON workflow_triggers(trigger_type);
CREATE INDEX idx_workflow_triggers_enabled ON workflow_triggers(enabled);
CREATE INDEX idx_workflow_triggers_project_id ON workflow_triggers(project_id);
CREATE TRIGGER update_workflow_triggers_updated_at BEFORE UPDATE ON workflow_triggers
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- Partitioned by month: the key has to hold the time then.
ALTER TABLE execution_logs RENAME TO execution_logs_whole;
ALTER TABLE execution_logs_whole DROP CONSTRAINT execution_logs_pkey;
DROP INDEX idx_execution_logs_composite, idx_execution_logs_project_id;
CREATE TABLE execution_logs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  execution_id uuid NOT NULL REFERENCES workflow_executions(id) ON DELETE CASCADE,
  level varchar(20) NOT NULL,
  message text NOT NULL,
  metadata jsonb,
  action_id uuid REFERENCES workflow_actions(id) ON DELETE SET NULL,
  step_name varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at),
  CONSTRAINT chk_log_level CHECK (level IN ('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'))
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_execution_logs_execution_id ON execution_logs(execution_id, created_at);
CREATE INDEX idx_execution_logs_level ON execution_logs(level);
CREATE INDEX idx_execution_logs_created_at ON execution_logs(created_at DESC);
CREATE INDEX idx_execution_logs_composite ON execution_logs(execution_id, level, created_at DESC);
CREATE INDEX idx_execution_logs_action_id ON execution_logs(action_id);
CREATE INDEX idx_execution_logs_project_id ON execution_logs(project_id, created_at DESC);
CREATE INDEX idx_execution_logs_message_search ON execution_logs USING gin (to_tsvector('simple', message));
DO $$
DECLARE
  month timestamptz;
BEGIN
  FOR month IN SELECT DISTINCT date_trunc('month', created_at, 'UTC') FROM execution_logs_whole LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF execution_logs FOR VALUES FROM (%L) TO (%L)',
      'execution_logs_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM'), month,
      ((month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
END;
$$;
INSERT INTO execution_logs (id, project_id, execution_id, level, message, metadata, step_name, created_at)
SELECT id, project_id, execution_id, level, message, metadata, step_name, created_at FROM execution_logs_whole;
DROP TABLE execution_logs_whole;

CREATE FUNCTION cleanup_old_execution_logs(days_to_keep int DEFAULT 30) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  deleted_count int;
BEGIN
  DELETE FROM execution_logs WHERE created_at < now() - make_interval(days => days_to_keep);
  GET DIAGNOSTICS deleted_count = ROW_COUNT;
  RETURN deleted_count;
END;
$$;

CREATE TABLE integrations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name varchar(255) NOT NULL,
  type varchar(100) NOT NULL,
  config jsonb NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL DEFAULT true,
  health_status varchar(50) NOT NULL DEFAULT 'unknown',
  last_health_check timestamptz,
  -- AES-256-GCM, with the key of CULPRIT_SECRET.
  credentials_encrypted text,
  created_by varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT chk_integration_type CHECK (type IN (
    'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 'jira', 'sentry', 'datadog')),
  CONSTRAINT chk_health_status CHECK (health_status IN ('healthy', 'degraded', 'unhealthy', 'unknown')),
  CONSTRAINT uq_integrations_name UNIQUE (project_id, name)
);
CREATE INDEX idx_integrations_type ON integrations(type);
CREATE INDEX idx_integrations_enabled ON integrations(enabled);
CREATE INDEX idx_integrations_health ON integrations(health_status);
CREATE TRIGGER update_integrations_updated_at BEFORE UPDATE ON integrations FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE integration_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  integration_id uuid NOT NULL REFERENCES integrations(id) ON DELETE CASCADE,
  event_type varchar(100) NOT NULL,
  -- The sender's id of the delivery; the same one again is not a second event.
  event_id varchar(255),
  payload jsonb NOT NULL,
  status varchar(50) NOT NULL DEFAULT 'pending',
  processed_at timestamptz,
  error_message text,
  retry_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT chk_event_status CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'ignored'))
);
CREATE UNIQUE INDEX uq_integration_events_delivery ON integration_events(integration_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX idx_integration_events_integration_id ON integration_events(integration_id);
CREATE INDEX idx_integration_events_project_id ON integration_events(project_id);
CREATE INDEX idx_integration_events_status ON integration_events(status);
CREATE INDEX idx_integration_events_type ON integration_events(event_type);
CREATE INDEX idx_integration_events_created_at ON integration_events(created_at DESC);
CREATE INDEX idx_integration_events_queue ON integration_events(status, created_at) WHERE status IN ('pending', 'processing');

-- Effects on the world outside: a message, a pull request. `unknown` is one that was perhaps sent.
CREATE TABLE deliveries (
  delivery_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid REFERENCES incidents(id) ON DELETE CASCADE,
  execution_id uuid REFERENCES workflow_executions(id) ON DELETE SET NULL,
  integration_id uuid REFERENCES integrations(id) ON DELETE SET NULL,
  kind varchar(100) NOT NULL,
  idempotency_key varchar(255) NOT NULL,
  status varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed', 'unknown', 'cancelled')),
  attempt_count integer NOT NULL DEFAULT 0,
  request jsonb NOT NULL DEFAULT '{}',
  response jsonb,
  -- What the other side calls it: a message's timestamp, a pull request's number.
  external_ref text,
  error_message text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  UNIQUE (project_id, idempotency_key)
);
CREATE INDEX idx_deliveries_incident_id ON deliveries(incident_id, created_at DESC);
CREATE INDEX idx_deliveries_execution_id ON deliveries(execution_id);
CREATE INDEX idx_deliveries_integration_id ON deliveries(integration_id);
CREATE INDEX idx_deliveries_unsettled ON deliveries(created_at) WHERE status IN ('pending', 'unknown');
CREATE TRIGGER update_deliveries_updated_at BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- Facts for the engines beside PostgreSQL, in the order of their commits' making; each engine keeps its place.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  topic text NOT NULL,
  key text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_outbox_topic ON outbox(topic, id);
CREATE INDEX idx_outbox_project_id ON outbox(project_id);
CREATE TABLE outbox_positions (
  engine text NOT NULL,
  topic text NOT NULL,
  last_id bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (engine, topic)
);
CREATE TRIGGER update_outbox_positions_updated_at BEFORE UPDATE ON outbox_positions
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- Views of document 3 -------------------------------------------------------------------------------------------------

CREATE VIEW recent_workflow_activity WITH (security_invoker = true) AS
SELECT w.name AS workflow_name, we.execution_id, we.status, we.started_at, we.completed_at,
  EXTRACT(EPOCH FROM (we.completed_at - we.started_at)) AS duration_seconds, we.retry_count, we.trigger_type
FROM workflow_executions we JOIN workflows w ON we.workflow_id = w.id
WHERE we.started_at > now() - interval '7 days'
ORDER BY we.started_at DESC;

CREATE VIEW workflow_performance_stats WITH (security_invoker = true) AS
SELECT w.id AS workflow_id, w.name AS workflow_name, count(*) AS total_executions,
  count(*) FILTER (WHERE we.status = 'completed') AS successful_executions,
  count(*) FILTER (WHERE we.status = 'failed') AS failed_executions,
  round(avg(EXTRACT(EPOCH FROM (we.completed_at - we.started_at))), 2) AS avg_duration_seconds,
  max(we.started_at) AS last_execution_at
FROM workflows w LEFT JOIN workflow_executions we ON w.id = we.workflow_id
WHERE we.started_at > now() - interval '30 days'
GROUP BY w.id, w.name;

-- Telemetry, and what is searched by meaning --------------------------------------------------------------------------

CREATE TABLE metric_points (
  ts timestamptz NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  -- cluster/namespace/service
  service_key text NOT NULL,
  metric_name text NOT NULL,
  value double precision NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (ts);
CREATE INDEX idx_metric_points_series ON metric_points(project_id, service_key, metric_name, ts);

CREATE TABLE anomaly_features (
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  ts timestamptz NOT NULL,
  service_key text NOT NULL,
  feature_name text NOT NULL,
  feature_value double precision NOT NULL
) PARTITION BY RANGE (ts);
CREATE INDEX idx_anomaly_features_incident ON anomaly_features(incident_id, feature_name, ts);
CREATE INDEX idx_anomaly_features_project_id ON anomaly_features(project_id);

CREATE TABLE spans (
  ts timestamptz NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  trace_id varchar(32) NOT NULL,
  span_id varchar(16) NOT NULL,
  parent_span_id varchar(16),
  service_key text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  duration_ms double precision NOT NULL CHECK (duration_ms >= 0),
  status_code text NOT NULL CHECK (status_code IN ('unset', 'ok', 'error')),
  attributes jsonb NOT NULL DEFAULT '{}',
  events jsonb NOT NULL DEFAULT '[]'
) PARTITION BY RANGE (ts);
CREATE INDEX idx_spans_trace_id ON spans(project_id, trace_id);
CREATE INDEX idx_spans_service ON spans(project_id, service_key, ts);

CREATE TABLE log_records (
  ts timestamptz NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_key text NOT NULL,
  severity text NOT NULL,
  body text NOT NULL,
  trace_id varchar(32),
  span_id varchar(16),
  attributes jsonb NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (ts);
CREATE INDEX idx_log_records_service ON log_records(project_id, service_key, ts);
CREATE INDEX idx_log_records_trace_id ON log_records(project_id, trace_id) WHERE trace_id IS NOT NULL;

CREATE TABLE retrieval_points (
  collection text NOT NULL CHECK (collection IN ('git_diff_chunks', 'runbooks', 'incident_summaries')),
  point_id uuid NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  content text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  -- The name of what made `embedding`; a change of it builds the points anew.
  embedding_model text,
  embedding real[],
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (collection, point_id),
  CHECK ((embedding IS NULL) = (embedding_model IS NULL))
);
CREATE INDEX idx_retrieval_points_project ON retrieval_points(project_id, collection);
CREATE INDEX idx_retrieval_points_search ON retrieval_points USING gin (to_tsvector('simple', content));

-- Statistics by day; refreshed by `culprit db maintain`, read through a view that shows a project's own.
CREATE MATERIALIZED VIEW workflow_daily_totals AS
SELECT project_id, workflow_id, (started_at AT TIME ZONE 'UTC')::date AS day, count(*) AS total_executions,
  count(*) FILTER (WHERE status = 'completed') AS successful_executions,
  count(*) FILTER (WHERE status = 'failed') AS failed_executions,
  round(avg(EXTRACT(EPOCH FROM (completed_at - started_at))), 2) AS avg_duration_seconds
FROM workflow_executions GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX uq_workflow_daily_totals ON workflow_daily_totals(project_id, workflow_id, day);

CREATE MATERIALIZED VIEW incident_daily_totals AS
SELECT project_id, environment, (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS opened,
  count(*) FILTER (WHERE resolved_at IS NOT NULL) AS resolved,
  round(avg(EXTRACT(EPOCH FROM (resolved_at - created_at)))) AS avg_resolution_seconds
FROM incidents GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX uq_incident_daily_totals ON incident_daily_totals(project_id, environment, day);
