-- What people changed, read when it happens: files of commits, who owns which paths, schemas of databases as they were last seen.

-- A commit without files (a merge) is read as well, and need not be read again.
ALTER TABLE commits ADD COLUMN files_read_at timestamptz;
COMMENT ON COLUMN commits.files_read_at IS 'When its files were read into commit_files; null before.';
CREATE INDEX idx_commits_unread ON commits(created_at) WHERE files_read_at IS NULL;

-- A monorepo holds many services: which paths are a service's own.
CREATE TABLE service_paths (
  service_id uuid NOT NULL REFERENCES services(service_id) ON DELETE CASCADE,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  pattern text NOT NULL CHECK (pattern <> '' AND length(pattern) <= 500),
  source text NOT NULL DEFAULT 'declared' CHECK (source IN ('declared', 'codeowners')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (service_id, pattern)
);
CREATE INDEX idx_service_paths_project_id ON service_paths(project_id);
COMMENT ON TABLE service_paths IS 'Paths of a repository that belong to a service, where several share one. [Culprit]';
COMMENT ON COLUMN service_paths.service_id IS 'The service.';
COMMENT ON COLUMN service_paths.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN service_paths.created_at IS 'When the row was made.';
COMMENT ON COLUMN service_paths.pattern IS 'A pattern as in CODEOWNERS.';
COMMENT ON COLUMN service_paths.source IS 'declared (a person said so) or codeowners.';
CALL protect_table('service_paths');

-- The last schema seen of each watched database; what differs the next time is a config change.
CREATE TABLE schema_snapshots (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  target text NOT NULL CHECK (length(target) <= 255),
  taken_at timestamptz NOT NULL,
  objects jsonb NOT NULL,
  PRIMARY KEY (project_id, target)
);
COMMENT ON TABLE schema_snapshots IS 'The schema of a watched database as it was last seen. [Culprit]';
COMMENT ON COLUMN schema_snapshots.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN schema_snapshots.target IS 'Name of the database, as the project calls it.';
COMMENT ON COLUMN schema_snapshots.taken_at IS 'When it was read.';
COMMENT ON COLUMN schema_snapshots.objects IS 'Object by name: its definition in a line (information_schema).';
CALL protect_table('schema_snapshots', may_tenant_write => false);

-- A webhook that is sent twice is one change.
ALTER TABLE config_change_events ADD COLUMN external_id text CHECK (length(external_id) <= 255);
COMMENT ON COLUMN config_change_events.external_id IS 'The sender''s id of the change, where it has one; the same again is no second change.';
CREATE UNIQUE INDEX uq_config_change_events_external_id ON config_change_events(project_id, source, external_id) WHERE external_id IS NOT NULL;

-- Servers of feature flags tell what was turned.
ALTER TABLE integrations
  DROP CONSTRAINT chk_integration_type,
  ADD CONSTRAINT chk_integration_type CHECK (type IN (
    'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 'jira', 'sentry', 'datadog',
    'pagerduty', 'opsgenie', 'google_chat', 'mattermost', 'telegram', 'email', 'webhook', 'alertmanager', 'grafana',
    'launchdarkly', 'unleash', 'go_feature_flag'));
COMMENT ON COLUMN integrations.type IS 'github, linear, slack, axolo, teams, discord, jira, sentry, datadog, pagerduty, opsgenie, google_chat, mattermost, telegram, email, webhook, alertmanager, grafana, launchdarkly, unleash or go_feature_flag.';
