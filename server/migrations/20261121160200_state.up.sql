-- What the figures of a project are read by: each table once, by the project and the time.
CREATE INDEX idx_autopsy_results_project_created ON autopsy_results(project_id, created_at DESC);
CREATE INDEX idx_autopsy_runs_project_created ON autopsy_runs(project_id, created_at DESC);
CREATE INDEX idx_incident_reports_project_created ON incident_reports(project_id, created_at DESC);
DROP INDEX idx_autopsy_results_project_id;
DROP INDEX idx_autopsy_runs_project_id;
DROP INDEX idx_incident_reports_project_id;

-- Platforms that deploy tell which deployment failed.
ALTER TABLE integrations
  DROP CONSTRAINT chk_integration_type,
  ADD CONSTRAINT chk_integration_type CHECK (type IN (
    'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 'jira', 'sentry', 'datadog',
    'pagerduty', 'opsgenie', 'google_chat', 'mattermost', 'telegram', 'email', 'webhook', 'alertmanager', 'grafana',
    'launchdarkly', 'unleash', 'go_feature_flag', 'vercel', 'gitea', 'gitlab'));
COMMENT ON COLUMN integrations.type IS 'github, linear, slack, axolo, teams, discord, jira, sentry, datadog, pagerduty, opsgenie, google_chat, mattermost, telegram, email, webhook, alertmanager, grafana, launchdarkly, unleash, go_feature_flag, vercel, gitea or gitlab.';

-- What was brought back from an archive is kept as long as what is new, else the next night would take it away again.
ALTER TABLE incidents ADD COLUMN restored_at timestamptz;
COMMENT ON COLUMN incidents.restored_at IS 'When it was last brought back from an archive; null where it never was. [Culprit]';
CREATE INDEX idx_incidents_restored_at ON incidents(restored_at) WHERE restored_at IS NOT NULL;
