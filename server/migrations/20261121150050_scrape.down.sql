DROP TABLE log_templates;
DROP TABLE scrape_targets;
COMMENT ON COLUMN incident_traces.door IS 'The door (ingest, sentry, otlp, kubernetes); with /bare after it for failures without an exception.';
COMMENT ON COLUMN incident_occurrences.door IS 'How it came in: ingest, sentry, otlp, kubernetes or alert.';
COMMENT ON COLUMN incidents.source IS 'What kind of source opened it: ingest, sentry, otlp, kubernetes, alert or manual; which columns are set follows from it. [Culprit]';
ALTER TABLE incidents DROP CONSTRAINT incidents_source_check;
UPDATE incidents SET source = 'otlp' WHERE source = 'logs';
ALTER TABLE incidents ADD CONSTRAINT incidents_source_check
  CHECK (source IN ('ingest', 'sentry', 'otlp', 'kubernetes', 'alert', 'manual'));
