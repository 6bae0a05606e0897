-- Investigations out of telemetry: further kinds of cause and evidence, the worlds that were looked at, and what people made of the answers.

ALTER TABLE incident_hypotheses DROP CONSTRAINT incident_hypotheses_hypothesis_type_check;
ALTER TABLE incident_hypotheses ADD CONSTRAINT incident_hypotheses_hypothesis_type_check
  CHECK (hypothesis_type IN ('release', 'traffic', 'dependency', 'db', 'infra', 'unknown', 'config', 'flag'));
ALTER TABLE evidence_artifacts DROP CONSTRAINT evidence_artifacts_kind_check;
ALTER TABLE evidence_artifacts ADD CONSTRAINT evidence_artifacts_kind_check CHECK (kind IN (
  'clickhouse_query', 'prom_query', 'k8s_event', 'git_diff', 'snapshot', 'note', 'retrieval', 'sql_query',
  'metric_series', 'log_pattern', 'trace_operation', 'change_event'));
ALTER TABLE evidence_artifacts DROP CONSTRAINT evidence_artifacts_source_check;
ALTER TABLE evidence_artifacts ADD CONSTRAINT evidence_artifacts_source_check CHECK (source IN (
  'clickhouse', 'prometheus', 'k8s', 'github', 'manual', 'qdrant', 'pgvector', 'postgres', 'git', 'telemetry'));

ALTER TABLE incident_reports
  ADD COLUMN confidence numeric(3,2) CHECK (confidence BETWEEN 0 AND 1),
  ADD COLUMN is_silent boolean NOT NULL DEFAULT false,
  ADD COLUMN missing text[] NOT NULL DEFAULT '{}';

-- What an investigation looked at, so that another engine can be asked the same.
CREATE TABLE incident_worlds (
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  revision integer NOT NULL CHECK (revision > 0),
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  engine_version text NOT NULL,
  -- Gzip of JSON; compressed already, so the database does not try again.
  world bytea NOT NULL,
  is_cut boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (incident_id, revision)
);
ALTER TABLE incident_worlds ALTER COLUMN world SET STORAGE EXTERNAL;
CREATE INDEX idx_incident_worlds_project_id ON incident_worlds(project_id);

-- The newest judgement of each hypothesis. Out of it priors are learnt; it is a view, so nothing has to be kept in step with the log.
CREATE VIEW judged_hypotheses WITH (security_invoker = true) AS
SELECT DISTINCT ON (e.payload ->> 'hypothesis_id')
  h.hypothesis_id, h.project_id, h.incident_id, h.revision, h.rank, h.hypothesis_type, h.confidence,
  s.service_name, i.environment,
  h.details ->> 'subject' AS subject, h.details ->> 'component' AS component, h.details ->> 'pattern' AS pattern,
  h.details ->> 'evidenceDigest' AS evidence_digest,
  e.event_type <> 'hypothesis_rejected' AS is_confirmed, e.created_at AS judged_at, e.feedback_event_id
FROM feedback_events e
JOIN incident_hypotheses h ON h.hypothesis_id = (e.payload ->> 'hypothesis_id')::uuid AND h.incident_id = e.incident_id
JOIN incidents i ON i.id = h.incident_id
LEFT JOIN services s ON s.service_id = i.service_id
WHERE e.event_type IN ('hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set') AND e.payload ->> 'hypothesis_id' IS NOT NULL
ORDER BY e.payload ->> 'hypothesis_id', e.created_at DESC, e.feedback_event_id DESC;

-- As it was, but a rejection also counts of the same conclusion in another revision of the answer: feedback itself starts one.
CREATE OR REPLACE VIEW incident_resolutions WITH (security_invoker = true) AS
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
        AND (n.payload ->> 'hypothesis_id' = e.payload ->> 'hypothesis_id' OR EXISTS (
          SELECT 1 FROM incident_hypotheses x JOIN incident_hypotheses y ON y.incident_id = x.incident_id
            AND y.details ->> 'subject' = x.details ->> 'subject' AND (x.details ->> 'subject' <> 'unknown' OR y.hypothesis_type = x.hypothesis_type)
          WHERE x.hypothesis_id = (n.payload ->> 'hypothesis_id')::uuid AND y.hypothesis_id = (e.payload ->> 'hypothesis_id')::uuid))
        AND (n.created_at, n.feedback_event_id) > (e.created_at, e.feedback_event_id))
  ORDER BY e.created_at DESC, e.feedback_event_id DESC LIMIT 1
) c ON true;

CALL protect_table('incident_worlds', may_tenant_write => false);
GRANT SELECT ON judged_hypotheses TO culprit_tenant, culprit_engine;

COMMENT ON COLUMN incident_hypotheses.hypothesis_type IS 'release, traffic, dependency, db, infra, unknown (D4), config or flag (Culprit).';
COMMENT ON COLUMN evidence_artifacts.kind IS 'clickhouse_query, prom_query, k8s_event, git_diff, snapshot, note (D4), retrieval, sql_query, metric_series, log_pattern, trace_operation or change_event (Culprit).';
COMMENT ON COLUMN evidence_artifacts.source IS 'The engine that answered: clickhouse, prometheus, k8s, github, manual, qdrant (D4), pgvector, postgres, git or telemetry, which is whichever store telemetry is kept in (Culprit).';
COMMENT ON COLUMN incident_reports.confidence IS '0 to 1: how likely what comes first is the cause; null in reports of the first engine. [Culprit]';
COMMENT ON COLUMN incident_reports.is_silent IS 'Too unsure to wake anybody: kept and shown, not paged. [Culprit]';
COMMENT ON COLUMN incident_reports.missing IS 'What would have to be known for a surer answer, each a sentence. [Culprit]';
COMMENT ON TABLE incident_worlds IS 'What an investigation looked at, one for each revision, so that the same can be asked of another engine. [Culprit]';
COMMENT ON COLUMN incident_worlds.incident_id IS 'Incident that was investigated.';
COMMENT ON COLUMN incident_worlds.revision IS 'Investigation of the incident, as in incident_reports.';
COMMENT ON COLUMN incident_worlds.project_id IS 'Project of the incident.';
COMMENT ON COLUMN incident_worlds.engine_version IS 'Version of the rules that answered.';
COMMENT ON COLUMN incident_worlds.world IS 'The world: JSON, gzip; encode-world.ts says how.';
COMMENT ON COLUMN incident_worlds.is_cut IS 'Whether it was too large and lacks the texts and series that mattered least.';
COMMENT ON COLUMN incident_worlds.created_at IS 'When it was looked at.';
COMMENT ON VIEW judged_hypotheses IS 'The newest judgement of each hypothesis that somebody confirmed or ruled out, with what it was. [Culprit]';
COMMENT ON COLUMN judged_hypotheses.hypothesis_id IS 'Hypothesis that was judged.';
COMMENT ON COLUMN judged_hypotheses.project_id IS 'Its project.';
COMMENT ON COLUMN judged_hypotheses.incident_id IS 'Its incident.';
COMMENT ON COLUMN judged_hypotheses.revision IS 'Investigation that it belongs to.';
COMMENT ON COLUMN judged_hypotheses.rank IS 'Its place in that answer, from 1.';
COMMENT ON COLUMN judged_hypotheses.hypothesis_type IS 'Kind of cause.';
COMMENT ON COLUMN judged_hypotheses.confidence IS '0 to 1, as it was answered.';
COMMENT ON COLUMN judged_hypotheses.service_name IS 'Service of the incident; null where it is not known.';
COMMENT ON COLUMN judged_hypotheses.environment IS 'Environment of the incident.';
COMMENT ON COLUMN judged_hypotheses.subject IS 'What it blames, such as commit <sha>, change <id> or component <key>.';
COMMENT ON COLUMN judged_hypotheses.component IS 'Component that it makes the cause; null for none.';
COMMENT ON COLUMN judged_hypotheses.pattern IS 'What the cause looked like, such as pool_exhaustion or change:flag.';
COMMENT ON COLUMN judged_hypotheses.evidence_digest IS 'Digest of what spoke for it.';
COMMENT ON COLUMN judged_hypotheses.is_confirmed IS 'Whether it was confirmed or named as the cause; false where it was ruled out.';
COMMENT ON COLUMN judged_hypotheses.judged_at IS 'When.';
COMMENT ON COLUMN judged_hypotheses.feedback_event_id IS 'Entry of the log that says so.';
