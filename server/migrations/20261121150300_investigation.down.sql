DROP VIEW judged_hypotheses;
DROP TABLE incident_worlds;
ALTER TABLE incident_reports DROP COLUMN confidence, DROP COLUMN is_silent, DROP COLUMN missing;
-- What the narrower lists don't know becomes what they do, so that the way back loses no row.
ALTER TABLE evidence_artifacts DROP CONSTRAINT evidence_artifacts_source_check;
UPDATE evidence_artifacts SET source = 'manual' WHERE source = 'telemetry';
ALTER TABLE evidence_artifacts ADD CONSTRAINT evidence_artifacts_source_check CHECK (source IN (
  'clickhouse', 'prometheus', 'k8s', 'github', 'manual', 'qdrant', 'pgvector', 'postgres', 'git'));
ALTER TABLE evidence_artifacts DROP CONSTRAINT evidence_artifacts_kind_check;
UPDATE evidence_artifacts SET kind = 'snapshot' WHERE kind IN ('metric_series', 'log_pattern', 'trace_operation', 'change_event');
ALTER TABLE evidence_artifacts ADD CONSTRAINT evidence_artifacts_kind_check CHECK (kind IN (
  'clickhouse_query', 'prom_query', 'k8s_event', 'git_diff', 'snapshot', 'note', 'retrieval', 'sql_query'));
ALTER TABLE incident_hypotheses DROP CONSTRAINT incident_hypotheses_hypothesis_type_check;
UPDATE incident_hypotheses SET hypothesis_type = 'config' WHERE hypothesis_type = 'flag';
ALTER TABLE incident_hypotheses ADD CONSTRAINT incident_hypotheses_hypothesis_type_check
  CHECK (hypothesis_type IN ('release', 'traffic', 'dependency', 'db', 'infra', 'unknown', 'config'));
