ALTER TABLE incidents DROP COLUMN restored_at;
DELETE FROM integrations WHERE type IN ('vercel', 'gitea', 'gitlab');
ALTER TABLE integrations
  DROP CONSTRAINT chk_integration_type,
  ADD CONSTRAINT chk_integration_type CHECK (type IN (
    'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 'jira', 'sentry', 'datadog',
    'pagerduty', 'opsgenie', 'google_chat', 'mattermost', 'telegram', 'email', 'webhook', 'alertmanager', 'grafana',
    'launchdarkly', 'unleash', 'go_feature_flag'));
COMMENT ON COLUMN integrations.type IS 'github, linear, slack, axolo, teams, discord, jira, sentry, datadog, pagerduty, opsgenie, google_chat, mattermost, telegram, email, webhook, alertmanager, grafana, launchdarkly, unleash or go_feature_flag.';
CREATE INDEX idx_autopsy_results_project_id ON autopsy_results(project_id);
CREATE INDEX idx_autopsy_runs_project_id ON autopsy_runs(project_id);
CREATE INDEX idx_incident_reports_project_id ON incident_reports(project_id);
DROP INDEX idx_autopsy_results_project_created;
DROP INDEX idx_autopsy_runs_project_created;
DROP INDEX idx_incident_reports_project_created;
