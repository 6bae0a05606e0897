-- Pages of metrics that Culprit reads itself, and what the templates of log lines read.

CREATE TABLE scrape_targets (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  url text NOT NULL CHECK (url ~ '^https?://'),
  service_key text NOT NULL,
  environment varchar(50) NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}',
  interval_s integer NOT NULL CHECK (interval_s BETWEEN 5 AND 3600),
  timeout_s integer NOT NULL CHECK (timeout_s BETWEEN 1 AND interval_s),
  authorization_encrypted text,
  is_enabled boolean NOT NULL DEFAULT true,
  -- When it is due, and until when another process leaves it alone.
  next_scrape_at timestamptz NOT NULL DEFAULT now(),
  last_scrape_at timestamptz,
  last_duration_ms integer,
  last_samples integer,
  last_error text,
  created_by varchar(255),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX uq_scrape_targets_url ON scrape_targets(project_id, url);
CREATE INDEX idx_scrape_targets_due ON scrape_targets(next_scrape_at) WHERE is_enabled;
COMMENT ON TABLE scrape_targets IS 'Pages of metrics (/metrics) that Culprit reads at an interval. [Culprit]';
COMMENT ON COLUMN scrape_targets.id IS 'Key.';
COMMENT ON COLUMN scrape_targets.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN scrape_targets.url IS 'Where the page is.';
COMMENT ON COLUMN scrape_targets.service_key IS 'cluster/namespace/service that the page speaks of.';
COMMENT ON COLUMN scrape_targets.environment IS 'Environment, such as production.';
COMMENT ON COLUMN scrape_targets.labels IS 'Labels that every series of the page gets: text to text.';
COMMENT ON COLUMN scrape_targets.interval_s IS 'Seconds from one reading to the next.';
COMMENT ON COLUMN scrape_targets.timeout_s IS 'Seconds after which a reading is given up.';
COMMENT ON COLUMN scrape_targets.authorization_encrypted IS 'The header Authorization to send, encrypted, or null.';
COMMENT ON COLUMN scrape_targets.is_enabled IS 'Whether it is read.';
COMMENT ON COLUMN scrape_targets.next_scrape_at IS 'When it is due next; whoever takes it up moves it on.';
COMMENT ON COLUMN scrape_targets.last_scrape_at IS 'When it was last read.';
COMMENT ON COLUMN scrape_targets.last_duration_ms IS 'How long that took, in milliseconds.';
COMMENT ON COLUMN scrape_targets.last_samples IS 'Samples that the last reading brought.';
COMMENT ON COLUMN scrape_targets.last_error IS 'Why the last reading failed, or null.';
COMMENT ON COLUMN scrape_targets.created_by IS 'Who added it.';
COMMENT ON COLUMN scrape_targets.created_at IS 'When it was added.';
CALL protect_table('scrape_targets');

CREATE TABLE log_templates (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_key text NOT NULL,
  environment varchar(50) NOT NULL,
  template_id text NOT NULL,
  template text NOT NULL,
  severity varchar(10) NOT NULL,
  example text NOT NULL,
  first_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, service_key, environment, template_id)
);
COMMENT ON TABLE log_templates IS 'What the template of a log line reads, by which log_records and the series culprit.log.lines name it. [Culprit]';
COMMENT ON COLUMN log_templates.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN log_templates.service_key IS 'cluster/namespace/service that writes it.';
COMMENT ON COLUMN log_templates.environment IS 'Environment, such as production.';
COMMENT ON COLUMN log_templates.template_id IS 'Its id, the hash of its first form.';
COMMENT ON COLUMN log_templates.template IS 'Its text, with <*> for a value.';
COMMENT ON COLUMN log_templates.severity IS 'Severity of the line that made it known.';
COMMENT ON COLUMN log_templates.example IS 'A line of it, scrubbed.';
COMMENT ON COLUMN log_templates.first_at IS 'When it was first written, by the sender''s clock.';
CALL protect_table('log_templates', may_tenant_write => false);

-- Lines of a log are a door of their own, so that one failure which a span and a line tell of counts once.
ALTER TABLE incidents DROP CONSTRAINT incidents_source_check;
ALTER TABLE incidents ADD CONSTRAINT incidents_source_check
  CHECK (source IN ('ingest', 'sentry', 'otlp', 'logs', 'kubernetes', 'alert', 'manual'));
COMMENT ON COLUMN incidents.source IS 'What kind of source opened it: ingest, sentry, otlp, logs, kubernetes, alert or manual; which columns are set follows from it. [Culprit]';
COMMENT ON COLUMN incident_occurrences.door IS 'How it came in: ingest, sentry, otlp, logs, kubernetes or alert.';
COMMENT ON COLUMN incident_traces.door IS 'Who told: the door (ingest, sentry, otlp, logs, kubernetes) and the service; for a failure without an exception /bare and the beginning of its fingerprint after it.';
