DELETE FROM integrations WHERE type IN ('launchdarkly', 'unleash', 'go_feature_flag');
ALTER TABLE integrations
  DROP CONSTRAINT chk_integration_type,
  ADD CONSTRAINT chk_integration_type CHECK (type IN (
    'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 'jira', 'sentry', 'datadog',
    'pagerduty', 'opsgenie', 'google_chat', 'mattermost', 'telegram', 'email', 'webhook', 'alertmanager', 'grafana'));
COMMENT ON COLUMN integrations.type IS 'github, linear, slack, axolo, teams, discord, jira, sentry, datadog, pagerduty, opsgenie, google_chat, mattermost, telegram, email, webhook, alertmanager or grafana.';
DROP INDEX uq_config_change_events_external_id;
ALTER TABLE config_change_events DROP COLUMN external_id;
DROP TABLE schema_snapshots;
DROP TABLE service_paths;
ALTER TABLE commits DROP COLUMN files_read_at;
