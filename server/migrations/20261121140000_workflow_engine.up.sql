-- The workflow engine: versions, durable steps, events, the ledger of triggers, approvals, secrets, the hands-off switch;
-- and what integrations need to be called, checked and stopped. Document 3's tables keep their columns.

-- Row-level security for a table, as `roles` gave it to every table that stood then: the engine sees all, a tenant what
-- its projects hold, and a role that was granted SELECT by hand all but secrets. Later migrations call it for theirs.
CREATE PROCEDURE protect_table(name text, is_secret boolean DEFAULT false, may_tenant_write boolean DEFAULT true, shows_builtin boolean DEFAULT false)
LANGUAGE plpgsql AS $$
DECLARE
  own_rows CONSTANT text := 'project_id = ANY ((SELECT visible_projects())::uuid[])';
  own_references text;
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY engine_policy ON %I TO culprit_engine USING (true)', name);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO culprit_engine', name);
  IF NOT is_secret THEN
    EXECUTE format('CREATE POLICY reader_policy ON %I FOR SELECT USING ((SELECT current_user <> ''culprit_tenant''))', name);
  END IF;
  -- A foreign key is checked as the owner, so it would take a row of another project.
  SELECT string_agg(CASE f.confrelid WHEN 'workflows'::regclass
      THEN format(' AND (%I.%I IS NULL OR may_run_workflow(%1$I.%2$I, %1$I.project_id))', name, a.attname)
      ELSE format(' AND (%I.%I IS NULL OR EXISTS (SELECT 1 FROM %s p WHERE p.%I = %1$I.%2$I AND p.project_id = %1$I.project_id))',
        name, a.attname, f.confrelid::regclass, k.attname) END, '' ORDER BY f.conname)
  INTO own_references
  FROM pg_constraint f
  JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
  JOIN pg_attribute k ON k.attrelid = f.confrelid AND k.attnum = f.confkey[1]
  WHERE f.conrelid = name::regclass AND f.contype = 'f' AND f.conparentid = 0 AND cardinality(f.conkey) = 1 AND f.confrelid <> f.conrelid
    AND EXISTS (SELECT 1 FROM pg_attribute p WHERE p.attrelid = f.confrelid AND p.attname = 'project_id' AND NOT p.attisdropped)
    AND f.confrelid <> 'projects'::regclass;
  EXECUTE format('CREATE POLICY tenant_policy ON %I TO culprit_tenant USING (%s) WITH CHECK (%2$s%s)', name, own_rows, own_references);
  IF shows_builtin THEN
    EXECUTE format('CREATE POLICY tenant_reads_built_in ON %I FOR SELECT TO culprit_tenant USING (project_id IS NULL)', name);
  END IF;
  EXECUTE format('GRANT SELECT ON %I TO culprit_tenant', name);
  IF may_tenant_write THEN
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I TO culprit_tenant', name);
  END IF;
END;
$$;

-- Workflows and their versions -----------------------------------------------------------------------------------------

ALTER TABLE workflows
  ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  ADD COLUMN source varchar(20) NOT NULL DEFAULT 'api' CHECK (source IN ('builtin', 'api', 'repository')),
  ADD COLUMN source_path text,
  ADD COLUMN source_commit text,
  ADD COLUMN copied_from uuid REFERENCES workflows(id) ON DELETE SET NULL,
  ADD COLUMN copied_version integer;
-- Nobody changed them, so `updated_at` stays.
ALTER TABLE workflows DISABLE TRIGGER update_workflows_updated_at;
UPDATE workflows SET source = 'builtin' WHERE project_id IS NULL;
ALTER TABLE workflows ENABLE TRIGGER update_workflows_updated_at;
CREATE INDEX idx_workflows_copied_from ON workflows(copied_from);

CREATE TABLE workflow_versions (
  workflow_id uuid NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  -- Null where the workflow is built in.
  project_id uuid REFERENCES projects(id) ON DELETE CASCADE,
  definition jsonb NOT NULL,
  created_by varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workflow_id, version)
);
CREATE INDEX idx_workflow_versions_project_id ON workflow_versions(project_id);

ALTER TABLE workflow_actions
  ADD COLUMN step_id varchar(255),
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}';

ALTER TABLE workflow_triggers
  ADD COLUMN webhook_token varchar(64),
  ADD COLUMN secret_encrypted text,
  ADD COLUMN next_run_at timestamptz,
  ADD COLUMN last_run_at timestamptz;
CREATE UNIQUE INDEX uq_workflow_triggers_webhook_token ON workflow_triggers(webhook_token) WHERE webhook_token IS NOT NULL;
CREATE INDEX idx_workflow_triggers_due ON workflow_triggers(next_run_at) WHERE next_run_at IS NOT NULL AND enabled;

-- When a trigger of a built-in workflow last ran for a project, and when it does next: a shared row can't hold that.
CREATE TABLE project_schedules (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  trigger_id uuid NOT NULL REFERENCES workflow_triggers(id) ON DELETE CASCADE,
  next_run_at timestamptz NOT NULL,
  last_run_at timestamptz,
  PRIMARY KEY (project_id, trigger_id)
);
CREATE INDEX idx_project_schedules_trigger_id ON project_schedules(trigger_id);
CREATE INDEX idx_project_schedules_due ON project_schedules(next_run_at);

CREATE TABLE workflow_secrets (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name varchar(100) NOT NULL CHECK (name ~ '^[A-Za-z_][A-Za-z0-9_]*$'),
  value_encrypted text NOT NULL,
  created_by varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, name)
);
CREATE TRIGGER update_workflow_secrets_updated_at BEFORE UPDATE ON workflow_secrets
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- Executions -------------------------------------------------------------------------------------------------------------

ALTER TABLE workflow_executions
  ADD COLUMN workflow_version integer NOT NULL DEFAULT 1,
  ADD COLUMN inputs jsonb NOT NULL DEFAULT '{}',
  -- Who holds it and until when; whoever holds another token writes nothing.
  ADD COLUMN lease_token uuid,
  ADD COLUMN lease_until timestamptz,
  -- When it goes on by itself; null while it runs, or waits for a person.
  ADD COLUMN wake_at timestamptz,
  ADD COLUMN is_waiting boolean NOT NULL DEFAULT false,
  ADD COLUMN is_paused boolean NOT NULL DEFAULT false,
  -- Set by whoever brings what it waits for, so that nothing is missed between its last look and its going to sleep.
  ADD COLUMN is_signalled boolean NOT NULL DEFAULT false,
  ADD COLUMN active_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN event_id uuid,
  ADD COLUMN caller_execution_id uuid REFERENCES workflow_executions(id) ON DELETE SET NULL,
  ADD COLUMN caller_step text;
CREATE INDEX idx_workflow_executions_caller ON workflow_executions(caller_execution_id);
CREATE INDEX idx_workflow_executions_event_id ON workflow_executions(event_id);
-- Lists of a project's executions, newest first: one scan without a sort.
DROP INDEX idx_workflow_executions_project_id;
CREATE INDEX idx_workflow_executions_list ON workflow_executions(project_id, started_at DESC, id DESC);
CREATE INDEX idx_workflow_executions_unfinished ON workflow_executions(workflow_id, started_at) WHERE status IN ('pending', 'running');

-- A checkpoint for each step that an execution came to. A finished one is not run again.
CREATE TABLE execution_steps (
  execution_id uuid NOT NULL REFERENCES workflow_executions(id) ON DELETE CASCADE,
  path text NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  action_type varchar(100) NOT NULL,
  action_name varchar(255) NOT NULL,
  status varchar(20) NOT NULL CHECK (status IN (
    'running', 'waiting', 'retrying', 'completed', 'failed', 'skipped', 'unknown', 'cancelled')),
  attempt integer NOT NULL DEFAULT 1,
  -- The order in which the execution came to its steps: clocks tell two of one millisecond not apart.
  place integer NOT NULL DEFAULT 0,
  input jsonb,
  output jsonb,
  -- Why it was skipped, what it waits for, or how it failed.
  reason text,
  wake_at timestamptz,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  duration_ms bigint,
  PRIMARY KEY (execution_id, path)
);
CREATE INDEX idx_execution_steps_project_id ON execution_steps(project_id);

CREATE TABLE approvals (
  approval_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  execution_id uuid NOT NULL REFERENCES workflow_executions(id) ON DELETE CASCADE,
  path text NOT NULL,
  message text NOT NULL,
  default_decision varchar(20) NOT NULL DEFAULT 'reject' CHECK (default_decision IN ('approve', 'reject')),
  expires_at timestamptz,
  decision varchar(20) CHECK (decision IN ('approve', 'reject')),
  decided_by varchar(255),
  decided_at timestamptz,
  reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (execution_id, path)
);
CREATE INDEX idx_approvals_project_id ON approvals(project_id);
CREATE INDEX idx_approvals_waiting ON approvals(project_id, created_at DESC) WHERE decision IS NULL;

-- Events and the ledger of what ran and what did not ------------------------------------------------------------------

CREATE TABLE workflow_events (
  event_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  event_type varchar(100) NOT NULL,
  -- Events of one subject are matched in their order: incident:…, pull_request:owner/repo#7.
  subject text,
  payload jsonb NOT NULL,
  incident_id uuid REFERENCES incidents(id) ON DELETE CASCADE,
  integration_event_id uuid REFERENCES integration_events(id) ON DELETE SET NULL,
  replay_of uuid REFERENCES workflow_events(event_id) ON DELETE SET NULL,
  -- Set where no trigger was asked at all, such as for a payload over the limit, of which only the beginning is kept.
  refused text,
  created_at timestamptz NOT NULL DEFAULT now(),
  matched_at timestamptz
);
CREATE INDEX idx_workflow_events_waiting ON workflow_events(project_id, event_id) WHERE matched_at IS NULL;
CREATE INDEX idx_workflow_events_list ON workflow_events(project_id, created_at DESC);
CREATE INDEX idx_workflow_events_type ON workflow_events(project_id, event_type, created_at DESC);
CREATE INDEX idx_workflow_events_incident_id ON workflow_events(incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX idx_workflow_events_integration_event_id ON workflow_events(integration_event_id) WHERE integration_event_id IS NOT NULL;
CREATE INDEX idx_workflow_events_replay_of ON workflow_events(replay_of) WHERE replay_of IS NOT NULL;

CREATE TABLE trigger_ledger (
  ledger_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  workflow_id uuid NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  trigger_id uuid REFERENCES workflow_triggers(id) ON DELETE SET NULL,
  event_id uuid REFERENCES workflow_events(event_id) ON DELETE SET NULL,
  execution_id uuid REFERENCES workflow_executions(id) ON DELETE SET NULL,
  outcome varchar(20) NOT NULL CHECK (outcome IN ('ran', 'did_not_run')),
  -- In words for people; `details` holds the condition and the values it saw.
  reason text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_trigger_ledger_list ON trigger_ledger(project_id, created_at DESC);
CREATE INDEX idx_trigger_ledger_workflow_id ON trigger_ledger(workflow_id, created_at DESC);
CREATE INDEX idx_trigger_ledger_trigger_id ON trigger_ledger(trigger_id);
CREATE INDEX idx_trigger_ledger_event_id ON trigger_ledger(event_id);
CREATE INDEX idx_trigger_ledger_execution_id ON trigger_ledger(execution_id) WHERE execution_id IS NOT NULL;

-- Triggers that an event did not concern at all, counted by the hour.
CREATE TABLE trigger_counts (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  workflow_id uuid NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  event_type varchar(100) NOT NULL,
  hour timestamptz NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (project_id, workflow_id, event_type, hour)
);
CREATE INDEX idx_trigger_counts_workflow_id ON trigger_counts(workflow_id);

-- Calls of webhook triggers by their signature: the same call again gets the same answer and starts nothing.
CREATE TABLE webhook_calls (
  trigger_id uuid NOT NULL REFERENCES workflow_triggers(id) ON DELETE CASCADE,
  signature varchar(64) NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  event_id uuid REFERENCES workflow_events(event_id) ON DELETE SET NULL,
  status integer NOT NULL,
  answer jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (trigger_id, signature)
);
CREATE INDEX idx_webhook_calls_project_id ON webhook_calls(project_id);
CREATE INDEX idx_webhook_calls_event_id ON webhook_calls(event_id);
CREATE INDEX idx_webhook_calls_created_at ON webhook_calls(created_at);

-- The hands-off switch: while a row stands that covers it, nothing goes out. A null project is all of Culprit.
CREATE TABLE hands_off (
  hands_off_id uuid PRIMARY KEY,
  project_id uuid REFERENCES projects(id) ON DELETE CASCADE,
  service text CHECK (service IS NULL OR project_id IS NOT NULL),
  reason text NOT NULL,
  set_by varchar(255) NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  cleared_by varchar(255),
  cleared_at timestamptz
);
CREATE UNIQUE INDEX uq_hands_off_standing ON hands_off(project_id, service) NULLS NOT DISTINCT WHERE cleared_at IS NULL;
CREATE INDEX idx_hands_off_project_id ON hands_off(project_id, set_at DESC);

-- Integrations -----------------------------------------------------------------------------------------------------------

ALTER TABLE integrations
  DROP CONSTRAINT chk_integration_type,
  ADD CONSTRAINT chk_integration_type CHECK (type IN (
    'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 'jira', 'sentry', 'datadog',
    'pagerduty', 'opsgenie', 'google_chat', 'mattermost', 'telegram', 'email', 'webhook', 'alertmanager', 'grafana')),
  ADD COLUMN health_reason text,
  -- The last part of the address that its webhooks are sent to.
  ADD COLUMN webhook_token varchar(64),
  -- Requests to that address whose signature was wrong; they are counted and not stored.
  ADD COLUMN rejected_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN last_rejected_at timestamptz;
CREATE UNIQUE INDEX uq_integrations_webhook_token ON integrations(webhook_token) WHERE webhook_token IS NOT NULL;

ALTER TABLE integration_events
  ADD COLUMN subject text,
  ADD COLUMN headers jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN available_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX idx_integration_events_subject ON integration_events(integration_id, subject, created_at) WHERE status IN ('pending', 'processing');

-- The GitHub App that the manifest flow made; its projects' integrations name an installation of it.
CREATE TABLE github_apps (
  github_app_id uuid PRIMARY KEY,
  host text NOT NULL,
  app_id bigint NOT NULL,
  slug text NOT NULL,
  html_url text NOT NULL,
  client_id text NOT NULL,
  credentials_encrypted text NOT NULL,
  created_by varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (host, app_id)
);
-- Whose an installation of such an app is. Settings of an integration are what anybody with a key of the project enters, so
-- they are no proof: only the engine writes here, when a person came back from GitHub with an installation that they just made.
CREATE TABLE github_installations (
  github_app_id uuid NOT NULL REFERENCES github_apps ON DELETE CASCADE,
  installation_id bigint NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  created_by varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (github_app_id, installation_id, project_id)
);
CREATE INDEX idx_github_installations_project_id ON github_installations(project_id);

ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_status_check,
  ADD CONSTRAINT deliveries_status_check CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
  ADD COLUMN step_path text,
  ADD COLUMN recipient text,
  ADD COLUMN repeat varchar(20) NOT NULL DEFAULT 'atMostOnce' CHECK (repeat IN ('idempotent', 'lookup', 'atMostOnce')),
  ADD COLUMN attempt_started_at timestamptz,
  ADD COLUMN settled_by varchar(255),
  ADD COLUMN settled_at timestamptz;
DROP INDEX idx_deliveries_unsettled;
CREATE INDEX idx_deliveries_unsettled ON deliveries(created_at) WHERE status IN ('pending', 'sending', 'unknown');
CREATE INDEX idx_deliveries_list ON deliveries(project_id, created_at DESC);

-- How fast each integration is called, by all processes together: beside `integrations`, because it moves with every message.
CREATE TABLE target_rates (
  integration_id uuid PRIMARY KEY REFERENCES integrations(id) ON DELETE CASCADE,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  arrival_at timestamptz NOT NULL
);
CREATE INDEX idx_target_rates_project_id ON target_rates(project_id);

-- Buttons that were pressed: each token does its work once.
CREATE TABLE callback_uses (
  token_hash varchar(64) PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  verb varchar(20) NOT NULL CHECK (verb IN ('approve', 'suppress', 'confirm', 'reject')),
  actor text NOT NULL,
  used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_callback_uses_project_id ON callback_uses(project_id);
CREATE INDEX idx_callback_uses_incident_id ON callback_uses(incident_id);

-- Upkeep of the installation ---------------------------------------------------------------------------------------------

-- Upkeep and Culprit's own faults belong to the installation. They are executions and incidents like all others, so they
-- need a project: this one, which no list of projects shows.
ALTER TABLE projects ADD COLUMN is_house boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX uq_projects_house ON projects(is_house) WHERE is_house;
CREATE INDEX idx_incidents_own_faults ON incidents(created_at DESC) WHERE environment = 'culprit-itself';

CREATE TABLE upkeep_runs (
  run_id uuid PRIMARY KEY,
  kind varchar(50) NOT NULL CHECK (kind IN ('backup', 'check', 'maintenance', 'logs', 'executions', 'views')),
  status varchar(20) NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  details jsonb NOT NULL DEFAULT '{}',
  error_message text
);
CREATE INDEX idx_upkeep_runs_list ON upkeep_runs(kind, started_at DESC);

CREATE TABLE auth_failures (
  kind varchar(20) NOT NULL CHECK (kind IN ('key', 'user', 'address')),
  subject text NOT NULL,
  hour timestamptz NOT NULL,
  count bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (hour, kind, subject)
);

-- Owners and escalation -------------------------------------------------------------------------------------------------

ALTER TABLE incidents
  ADD COLUMN assigned_to varchar(255),
  ADD COLUMN assigned_at timestamptz,
  ADD COLUMN escalation_level integer NOT NULL DEFAULT 0 CHECK (escalation_level >= 0),
  ADD COLUMN escalated_at timestamptz;
ALTER TABLE incident_decisions
  DROP CONSTRAINT incident_decisions_decision_check,
  ADD CONSTRAINT incident_decisions_decision_check CHECK (decision IN (
    'approved', 'suppressed', 'opened', 'merged', 'reopened', 'resolved', 'assigned', 'escalated'));

-- Who may see what -------------------------------------------------------------------------------------------------------

CALL protect_table('workflow_versions', shows_builtin => true);
CALL protect_table('project_schedules');
CALL protect_table('workflow_secrets', is_secret => true);
CALL protect_table('execution_steps');
CALL protect_table('approvals');
CALL protect_table('workflow_events');
CALL protect_table('trigger_ledger');
CALL protect_table('trigger_counts');
CALL protect_table('webhook_calls');
CALL protect_table('hands_off', shows_builtin => true);
CALL protect_table('target_rates', may_tenant_write => false);
CALL protect_table('github_installations', may_tenant_write => false);
CALL protect_table('callback_uses', may_tenant_write => false);
-- What belongs to the installation, not to a project, only the engine reads.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['github_apps', 'upkeep_runs', 'auth_failures'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY engine_policy ON %I TO culprit_engine USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO culprit_engine', name);
  END LOOP;
END;
$$;
CREATE POLICY reader_policy ON upkeep_runs FOR SELECT USING ((SELECT current_user <> 'culprit_tenant'));
CREATE POLICY reader_policy ON auth_failures FOR SELECT USING ((SELECT current_user <> 'culprit_tenant'));

-- The built-in workflows are there for everybody to read, before and after they ran.
DROP POLICY tenant_reads_built_in_workflows ON workflows;
CREATE POLICY tenant_reads_built_in_workflows ON workflows FOR SELECT TO culprit_tenant USING (project_id IS NULL);
CREATE POLICY tenant_reads_built_in ON workflow_actions FOR SELECT TO culprit_tenant USING (project_id IS NULL);
CREATE POLICY tenant_reads_built_in ON workflow_triggers FOR SELECT TO culprit_tenant USING (project_id IS NULL);

-- What they are ---------------------------------------------------------------------------------------------------------

COMMENT ON TABLE workflow_versions IS 'Every version that a workflow had; an execution keeps the one it ran. [Culprit]';
COMMENT ON COLUMN workflow_versions.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow_versions.version IS 'Counts up from 1 with each change.';
COMMENT ON COLUMN workflow_versions.project_id IS 'The project of the workflow; null where it is built in.';
COMMENT ON COLUMN workflow_versions.definition IS 'The whole definition as it was checked: triggers, inputs, steps, outputs, config.';
COMMENT ON COLUMN workflow_versions.created_by IS 'Who saved it.';
COMMENT ON COLUMN workflow_versions.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON TABLE project_schedules IS 'When a schedule of a built-in workflow ran for a project and runs next. [Culprit]';
COMMENT ON COLUMN project_schedules.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN project_schedules.trigger_id IS 'The schedule, a trigger of a built-in workflow.';
COMMENT ON COLUMN project_schedules.next_run_at IS 'When it is due. Whoever moves it on starts the execution, so two workers start one.';
COMMENT ON COLUMN project_schedules.last_run_at IS 'When it was last due and ran.';
COMMENT ON TABLE workflow_secrets IS 'Secrets that templates name as secrets.NAME; never shown and never logged. [Culprit]';
COMMENT ON COLUMN workflow_secrets.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN workflow_secrets.name IS 'The name that templates use.';
COMMENT ON COLUMN workflow_secrets.value_encrypted IS 'AES-256-GCM under the key of CULPRIT_SECRET.';
COMMENT ON COLUMN workflow_secrets.created_by IS 'Who set it.';
COMMENT ON COLUMN workflow_secrets.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON COLUMN workflow_secrets.updated_at IS 'When the row was last changed, by the clock of the database; a trigger sets it.';
COMMENT ON TABLE execution_steps IS 'A checkpoint for each step that an execution came to; a finished one is not run again. [Culprit]';
COMMENT ON COLUMN execution_steps.execution_id IS 'The execution.';
COMMENT ON COLUMN execution_steps.path IS 'The ids of the step and of those it lies in: each[2].notify.';
COMMENT ON COLUMN execution_steps.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN execution_steps.action_type IS 'The action, or the kind of a step that steers: delay, approval, parallel, for_each, run_workflow.';
COMMENT ON COLUMN execution_steps.action_name IS 'What people call the step.';
COMMENT ON COLUMN execution_steps.status IS 'running, waiting, retrying, completed, failed, skipped, unknown (an effect was perhaps made) or cancelled.';
COMMENT ON COLUMN execution_steps.attempt IS 'The try it stands at, from 1.';
COMMENT ON COLUMN execution_steps.place IS 'Counts up in the order in which the execution came to its steps.';
COMMENT ON COLUMN execution_steps.input IS 'What the action was given, its templates filled and secrets struck out.';
COMMENT ON COLUMN execution_steps.output IS 'What it gave, as later steps read it.';
COMMENT ON COLUMN execution_steps.reason IS 'Why it was skipped, what it waits for, or how it failed.';
COMMENT ON COLUMN execution_steps.wake_at IS 'When it goes on by itself; null where it waits for somebody.';
COMMENT ON COLUMN execution_steps.started_at IS 'When its newest try began.';
COMMENT ON COLUMN execution_steps.finished_at IS 'When it ended for good.';
COMMENT ON COLUMN execution_steps.duration_ms IS 'How long its last try worked, waiting not counted.';
COMMENT ON TABLE approvals IS 'A person''s yes or no that an execution waits for. [Culprit]';
COMMENT ON COLUMN approvals.approval_id IS 'Key: a UUID, version 7.';
COMMENT ON COLUMN approvals.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN approvals.execution_id IS 'The execution that waits.';
COMMENT ON COLUMN approvals.path IS 'The step that waits.';
COMMENT ON COLUMN approvals.message IS 'What is asked.';
COMMENT ON COLUMN approvals.default_decision IS 'What holds when nobody answers in time: approve or reject.';
COMMENT ON COLUMN approvals.expires_at IS 'When the default holds; null where it waits for ever.';
COMMENT ON COLUMN approvals.decision IS 'The answer: approve or reject; null while it waits.';
COMMENT ON COLUMN approvals.decided_by IS 'Who answered; culprit where it was the default.';
COMMENT ON COLUMN approvals.decided_at IS 'When it was answered.';
COMMENT ON COLUMN approvals.reason IS 'What was said with the answer.';
COMMENT ON COLUMN approvals.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON TABLE workflow_events IS 'What happened, for triggers to match: events of integrations and of Culprit itself. [Culprit]';
COMMENT ON COLUMN workflow_events.event_id IS 'Key: a UUID, version 7.';
COMMENT ON COLUMN workflow_events.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN workflow_events.event_type IS 'What happened: pull_request.opened, incident.approved.';
COMMENT ON COLUMN workflow_events.subject IS 'What it is about; events of one subject are matched in their order.';
COMMENT ON COLUMN workflow_events.payload IS 'What conditions and templates read as event.';
COMMENT ON COLUMN workflow_events.incident_id IS 'The incident it is about, if it is.';
COMMENT ON COLUMN workflow_events.integration_event_id IS 'The delivery it came from; null for events of Culprit itself.';
COMMENT ON COLUMN workflow_events.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON COLUMN workflow_events.matched_at IS 'When triggers were matched against it; null while it waits.';
COMMENT ON COLUMN workflow_events.replay_of IS 'The event that it repeats, because somebody asked for that.';
COMMENT ON COLUMN workflow_events.refused IS 'Why no trigger was asked at all: a payload over the limit, of which only the beginning is kept.';
COMMENT ON TABLE trigger_ledger IS 'For every match and near miss: what ran, or why it did not. [Culprit]';
COMMENT ON COLUMN trigger_ledger.ledger_id IS 'Key: a UUID, version 7.';
COMMENT ON COLUMN trigger_ledger.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN trigger_ledger.workflow_id IS 'The workflow.';
COMMENT ON COLUMN trigger_ledger.trigger_id IS 'The trigger that was asked.';
COMMENT ON COLUMN trigger_ledger.event_id IS 'The event; null for a schedule.';
COMMENT ON COLUMN trigger_ledger.execution_id IS 'The execution that it started, where it ran.';
COMMENT ON COLUMN trigger_ledger.outcome IS 'ran or did_not_run.';
COMMENT ON COLUMN trigger_ledger.reason IS 'Why, in words for people.';
COMMENT ON COLUMN trigger_ledger.details IS 'The condition and the values that it saw.';
COMMENT ON COLUMN trigger_ledger.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON TABLE trigger_counts IS 'How many events did not concern a workflow at all, by the hour. [Culprit]';
COMMENT ON COLUMN trigger_counts.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN trigger_counts.workflow_id IS 'The workflow that has no trigger for such an event.';
COMMENT ON COLUMN trigger_counts.event_type IS 'The kind of event.';
COMMENT ON COLUMN trigger_counts.hour IS 'The hour, its beginning.';
COMMENT ON COLUMN trigger_counts.count IS 'How many.';
COMMENT ON TABLE webhook_calls IS 'Calls of webhook triggers by their signature: the same call again gets the same answer. [Culprit]';
COMMENT ON COLUMN webhook_calls.trigger_id IS 'The webhook trigger.';
COMMENT ON COLUMN webhook_calls.signature IS 'The signature of the call, hex.';
COMMENT ON COLUMN webhook_calls.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN webhook_calls.event_id IS 'The event that it became.';
COMMENT ON COLUMN webhook_calls.status IS 'The status of the answer.';
COMMENT ON COLUMN webhook_calls.answer IS 'The body of the answer.';
COMMENT ON COLUMN webhook_calls.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON TABLE hands_off IS 'The hands-off switch: while a row without clearing covers an effect, nothing goes out. [Culprit]';
COMMENT ON COLUMN hands_off.hands_off_id IS 'Key: a UUID, version 7.';
COMMENT ON COLUMN hands_off.project_id IS 'The project that it covers; null for all of Culprit.';
COMMENT ON COLUMN hands_off.service IS 'The service that it covers; null for all of the project.';
COMMENT ON COLUMN hands_off.reason IS 'Why, in words for people.';
COMMENT ON COLUMN hands_off.set_by IS 'Who set it.';
COMMENT ON COLUMN hands_off.set_at IS 'Since when.';
COMMENT ON COLUMN hands_off.cleared_by IS 'Who cleared it.';
COMMENT ON COLUMN hands_off.cleared_at IS 'When it ended; null while it stands.';
COMMENT ON TABLE github_apps IS 'The GitHub App that the manifest flow made; integrations name an installation of it. [Culprit]';
COMMENT ON COLUMN github_apps.github_app_id IS 'Key: a UUID, version 7.';
COMMENT ON COLUMN github_apps.host IS 'github.com, or the host of an Enterprise server.';
COMMENT ON COLUMN github_apps.app_id IS 'GitHub''s id of the app.';
COMMENT ON COLUMN github_apps.slug IS 'Its name in addresses.';
COMMENT ON COLUMN github_apps.html_url IS 'Its page.';
COMMENT ON COLUMN github_apps.client_id IS 'GitHub''s client id.';
COMMENT ON COLUMN github_apps.credentials_encrypted IS 'Private key, webhook secret and client secret: AES-256-GCM under the key of CULPRIT_SECRET.';
COMMENT ON COLUMN github_apps.created_by IS 'Who made it.';
COMMENT ON COLUMN github_apps.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON TABLE github_installations IS 'Whose an installation of a GitHub App is; written by the set-up alone, and asked before the app''s keys are used. [Culprit]';
COMMENT ON COLUMN github_installations.github_app_id IS 'The app.';
COMMENT ON COLUMN github_installations.installation_id IS 'GitHub''s id of the installation.';
COMMENT ON COLUMN github_installations.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN github_installations.created_by IS 'Who connected it.';
COMMENT ON COLUMN github_installations.created_at IS 'When the row was made, by the clock of the database.';
COMMENT ON COLUMN workflows.version IS 'The version that new executions run.';
COMMENT ON COLUMN workflows.source IS 'Where it is kept: builtin, api or repository.';
COMMENT ON COLUMN workflows.source_path IS 'The file in the repository.';
COMMENT ON COLUMN workflows.source_commit IS 'The commit of that file.';
COMMENT ON COLUMN workflows.copied_from IS 'The built-in workflow that it is an edited copy of.';
COMMENT ON COLUMN workflows.copied_version IS 'The version of it that was copied, to show what an upgrade changed.';
COMMENT ON COLUMN workflow_actions.step_id IS 'What templates and conditions call it: steps.ID.outputs.';
COMMENT ON COLUMN workflow_actions.options IS 'continue_on_error, retry_policy, timeout, and the steps inside where it steers others.';
COMMENT ON COLUMN workflow_triggers.webhook_token IS 'The last part of the address of a webhook trigger.';
COMMENT ON COLUMN workflow_triggers.secret_encrypted IS 'The key that signs a webhook trigger''s calls: AES-256-GCM.';
COMMENT ON COLUMN workflow_triggers.next_run_at IS 'When a schedule is due. Whoever moves it on starts the execution, so two workers start one.';
COMMENT ON COLUMN workflow_triggers.last_run_at IS 'When a schedule was last due and ran.';
COMMENT ON COLUMN workflow_executions.workflow_version IS 'The version that it runs.';
COMMENT ON COLUMN workflow_executions.inputs IS 'What it was started with, checked against the inputs of the workflow.';
COMMENT ON COLUMN workflow_executions.lease_token IS 'Who carries it on; whoever holds another token writes nothing.';
COMMENT ON COLUMN workflow_executions.lease_until IS 'Until when, unless it is renewed.';
COMMENT ON COLUMN workflow_executions.wake_at IS 'When it goes on by itself: a delay, a retry or an approval that expires.';
COMMENT ON COLUMN workflow_executions.is_waiting IS 'Whether it waits for a time or a person; it is running all the same, and that time is not counted.';
COMMENT ON COLUMN workflow_executions.is_paused IS 'Whether somebody paused it.';
COMMENT ON COLUMN workflow_executions.is_signalled IS 'Whether something it may wait for came since it was last taken up: it does not go to sleep then.';
COMMENT ON COLUMN workflow_executions.active_ms IS 'How long it worked so far, waiting not counted; the timeout is held against this.';
COMMENT ON COLUMN workflow_executions.event_id IS 'The event that started it.';
COMMENT ON COLUMN workflow_executions.caller_execution_id IS 'The execution that called it as a sub-workflow, or that it notifies about.';
COMMENT ON COLUMN workflow_executions.caller_step IS 'The step of the caller that waits for it.';
COMMENT ON COLUMN integrations.health_reason IS 'What the last check found.';
COMMENT ON COLUMN integrations.webhook_token IS 'The last part of the address that its webhooks are sent to.';
COMMENT ON COLUMN integrations.rejected_count IS 'Requests to that address whose signature was wrong; none of them was stored.';
COMMENT ON COLUMN integrations.last_rejected_at IS 'When the last of them came.';
COMMENT ON TABLE target_rates IS 'How fast each integration is called, by all processes together. [Culprit]';
COMMENT ON COLUMN target_rates.integration_id IS 'The integration that is called.';
COMMENT ON COLUMN target_rates.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN target_rates.arrival_at IS 'When the calls so far would have been made, one after the other at the vendor''s rate (generic cell rate algorithm).';
COMMENT ON TABLE callback_uses IS 'Buttons that were pressed: each token does its work once. [Culprit]';
COMMENT ON COLUMN callback_uses.token_hash IS 'SHA-256 of the token, hex.';
COMMENT ON COLUMN callback_uses.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN callback_uses.incident_id IS 'The incident that was decided about.';
COMMENT ON COLUMN callback_uses.verb IS 'approve, suppress, confirm or reject.';
COMMENT ON COLUMN callback_uses.actor IS 'Who pressed it.';
COMMENT ON COLUMN callback_uses.used_at IS 'When.';
COMMENT ON COLUMN integration_events.subject IS 'What it is about; events of one subject are processed in their order.';
COMMENT ON COLUMN integration_events.headers IS 'The headers that its meaning depends on; never a signature or a token.';
COMMENT ON COLUMN integration_events.available_at IS 'When it may be tried again.';
COMMENT ON COLUMN deliveries.step_path IS 'The step that made it.';
COMMENT ON COLUMN deliveries.recipient IS 'To whom: a channel, a repository, an address.';
COMMENT ON COLUMN deliveries.repeat IS 'How the effect may be repeated: idempotent (by key), lookup (found before repeating) or atMostOnce.';
COMMENT ON COLUMN deliveries.attempt_started_at IS 'When the newest try began; with status sending, one that may have gone out.';
COMMENT ON COLUMN deliveries.settled_by IS 'Who said what became of an unknown one.';
COMMENT ON COLUMN deliveries.settled_at IS 'When that was said.';
COMMENT ON COLUMN incident_occurrences.door IS 'How it came in: ingest, sentry, otlp, kubernetes or alert.';
COMMENT ON COLUMN deliveries.status IS 'pending, sending (perhaps on its way), sent, failed, unknown (perhaps sent: nobody answered) or cancelled.';
COMMENT ON COLUMN integrations.type IS 'github, linear, slack, axolo, teams, discord, jira, sentry, datadog, pagerduty, opsgenie, google_chat, mattermost, telegram, email, webhook, alertmanager or grafana.';
COMMENT ON COLUMN projects.is_house IS 'True for the one project that Culprit keeps its own upkeep and faults in; lists of projects leave it out.';
COMMENT ON TABLE upkeep_runs IS 'Backups, checks and maintenance that ran, with what came of them. [Culprit]';
COMMENT ON COLUMN upkeep_runs.run_id IS 'Key: a UUID, version 7.';
COMMENT ON COLUMN upkeep_runs.kind IS 'backup, check, maintenance, logs, executions or views.';
COMMENT ON COLUMN upkeep_runs.status IS 'running, completed or failed.';
COMMENT ON COLUMN upkeep_runs.started_at IS 'When it began.';
COMMENT ON COLUMN upkeep_runs.finished_at IS 'When it ended; null while it runs, and where its process died.';
COMMENT ON COLUMN upkeep_runs.details IS 'What came of it: of a backup its folder, rows and bytes; of a check its findings.';
COMMENT ON COLUMN upkeep_runs.error_message IS 'Why it failed.';
COMMENT ON TABLE auth_failures IS 'How often signing in or a key was refused, by the hour. [Culprit]';
COMMENT ON COLUMN auth_failures.kind IS 'What the refusals are counted for: key (by its visible beginning), user or address.';
COMMENT ON COLUMN auth_failures.subject IS 'The beginning of the key, the id of the user, or the address that asked.';
COMMENT ON COLUMN auth_failures.hour IS 'The hour, its beginning.';
COMMENT ON COLUMN auth_failures.count IS 'How many.';
COMMENT ON COLUMN auth_failures.last_at IS 'The newest of them.';
COMMENT ON COLUMN incident_decisions.decision IS 'approved, suppressed (D4), opened, merged, reopened, resolved, assigned or escalated (Culprit).';
COMMENT ON PROCEDURE protect_table(text, boolean, boolean, boolean) IS 'Gives a new table its row-level security and grants, as every table has them. [Culprit]';
COMMENT ON COLUMN incidents.assigned_to IS 'Who takes care of it: a login, a team or an address; null while nobody does.';
COMMENT ON COLUMN incidents.assigned_at IS 'Since when.';
COMMENT ON COLUMN incidents.escalation_level IS 'How often it was escalated.';
COMMENT ON COLUMN incidents.escalated_at IS 'When it was last escalated.';
