-- Metric points as columns of numbers instead of a row each. Measured with 800,000 points of 20,000 series, in batches of 10,000,
-- beside their writer on two cores:
--   a row for each point (the table that stood here)      87,000 points/s   382 bytes a point
--   narrow rows under a unique index on series and time  288,000 points/s    96 bytes
--   a row for each series and minute, appended to        140,000 points/s   139 bytes
--   a row for each batch and service, as below           670,000 points/s    22 bytes, then about 10 in the blocks of an hour
-- So what comes in is written as it comes (metric_batches), folded after minutes into an array for each series and hour
-- (metric_blocks), and a day that is over is rolled up into steps of five minutes and an hour. `metric_points` is a view.

DROP VIEW diagnosis.metric_points;
DROP TABLE metric_points;

CREATE TABLE metric_series (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  digest uuid NOT NULL,
  service_key text NOT NULL,
  environment text NOT NULL,
  metric_name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('gauge', 'counter', 'delta')),
  unit text,
  labels jsonb NOT NULL DEFAULT '{}',
  first_at timestamptz NOT NULL,
  last_day timestamptz NOT NULL,
  PRIMARY KEY (project_id, id)
);
CREATE UNIQUE INDEX uq_metric_series_digest ON metric_series(project_id, digest);
CREATE INDEX idx_metric_series_name ON metric_series(project_id, service_key, metric_name);
COMMENT ON TABLE metric_series IS 'A series of metric points: what is measured, of which service, with which labels. [Culprit]';
COMMENT ON COLUMN metric_series.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN metric_series.id IS 'Its number, by which blocks and batches name it.';
COMMENT ON COLUMN metric_series.digest IS 'Hash of what makes it this series: service, environment, name, kind and labels.';
COMMENT ON COLUMN metric_series.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN metric_series.environment IS 'Environment, such as production.';
COMMENT ON COLUMN metric_series.metric_name IS 'Name of the metric.';
COMMENT ON COLUMN metric_series.kind IS 'How its values are to be read: gauge as they are, counter as a sum that may start again at 0, delta as growth since the last value.';
COMMENT ON COLUMN metric_series.unit IS 'Unit as the sender names it, or null.';
COMMENT ON COLUMN metric_series.labels IS 'Labels: text to text.';
COMMENT ON COLUMN metric_series.first_at IS 'Time of the first point that made it known.';
COMMENT ON COLUMN metric_series.last_day IS 'Beginning of the last day, in UTC, that has points of it in a block.';
CALL protect_table('metric_series', may_tenant_write => false);

-- What came in and is not folded yet. A few rows a second, so that they are deleted like any others.
CREATE TABLE metric_batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service_key text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  series_ids bigint[] NOT NULL,
  offsets integer[] NOT NULL,
  vals double precision[] NOT NULL,
  CHECK (cardinality(series_ids) = cardinality(offsets) AND cardinality(series_ids) = cardinality(vals))
);
CREATE INDEX idx_metric_batches_service ON metric_batches(project_id, service_key, last_at);
-- Compressing numbers that are gone in minutes costs more than it saves.
ALTER TABLE metric_batches ALTER series_ids SET STORAGE EXTERNAL, ALTER offsets SET STORAGE EXTERNAL, ALTER vals SET STORAGE EXTERNAL;
COMMENT ON TABLE metric_batches IS 'Points of one service as they came in, until they are folded into metric_blocks. [Culprit]';
COMMENT ON COLUMN metric_batches.id IS 'Key.';
COMMENT ON COLUMN metric_batches.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN metric_batches.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN metric_batches.received_at IS 'When it came in.';
COMMENT ON COLUMN metric_batches.first_at IS 'Time of its earliest point, by the sender''s clock.';
COMMENT ON COLUMN metric_batches.last_at IS 'Time of its latest point.';
COMMENT ON COLUMN metric_batches.series_ids IS 'The series of each point.';
COMMENT ON COLUMN metric_batches.offsets IS 'The time of each point, in milliseconds after first_at.';
COMMENT ON COLUMN metric_batches.vals IS 'The value of each point.';
CALL protect_table('metric_batches', may_tenant_write => false);

-- Points of a series in an hour, sorted. Equal gaps, and equal values, are written once.
CREATE TABLE metric_blocks (
  project_id uuid NOT NULL,
  series_id bigint NOT NULL,
  hour timestamptz NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  points integer NOT NULL CHECK (points > 0),
  gaps integer[] NOT NULL,
  vals double precision[] NOT NULL,
  FOREIGN KEY (project_id, series_id) REFERENCES metric_series(project_id, id) ON DELETE CASCADE,
  CHECK (cardinality(gaps) IN (1, points - 1) AND cardinality(vals) IN (1, points))
) PARTITION BY RANGE (hour);
CREATE INDEX idx_metric_blocks_series ON metric_blocks(project_id, series_id, hour);
COMMENT ON TABLE metric_blocks IS 'Points of a series within an hour, in one row, or several until they are merged. [Culprit]';
COMMENT ON COLUMN metric_blocks.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN metric_blocks.series_id IS 'The series.';
COMMENT ON COLUMN metric_blocks.hour IS 'Beginning of the hour, in UTC.';
COMMENT ON COLUMN metric_blocks.first_at IS 'Time of the first point, by the sender''s clock.';
COMMENT ON COLUMN metric_blocks.last_at IS 'Time of the last point.';
COMMENT ON COLUMN metric_blocks.points IS 'How many points it holds.';
COMMENT ON COLUMN metric_blocks.gaps IS 'Milliseconds from each point to the next; one number where all are equal.';
COMMENT ON COLUMN metric_blocks.vals IS 'Values; one number where all are equal.';
CALL protect_table('metric_blocks', may_tenant_write => false);

CREATE FUNCTION metric_block_points(first_at timestamptz, points integer, gaps integer[], vals double precision[])
RETURNS TABLE (ts timestamptz, value double precision) LANGUAGE sql IMMUTABLE AS $$
  SELECT first_at + sum(u.gap) OVER (ORDER BY u.place) * interval '1 millisecond', u.value
  FROM unnest(
    CASE WHEN cardinality(gaps) = 1 THEN 0 || array_fill(gaps[1], ARRAY[points - 1]) ELSE 0 || gaps END,
    CASE WHEN cardinality(vals) = 1 THEN array_fill(vals[1], ARRAY[points]) ELSE vals END
  ) WITH ORDINALITY AS u(gap, value, place)
$$;
COMMENT ON FUNCTION metric_block_points(timestamptz, integer, integer[], double precision[]) IS 'The points of a row of metric_blocks. [Culprit]';

CREATE VIEW metric_points WITH (security_invoker = true) AS
SELECT p.ts, s.project_id, s.service_key, s.metric_name, p.value, s.labels, s.environment, s.kind, s.unit, s.id AS series_id
FROM metric_series s CROSS JOIN LATERAL (
  SELECT DISTINCT ON (u.ts) u.ts, u.value FROM (
    SELECT b.ts, b.value FROM metric_blocks k CROSS JOIN LATERAL metric_block_points(k.first_at, k.points, k.gaps, k.vals) b
    WHERE k.project_id = s.project_id AND k.series_id = s.id
    UNION ALL
    SELECT r.first_at + e.after_ms * interval '1 millisecond', e.value
    FROM metric_batches r CROSS JOIN LATERAL unnest(r.series_ids, r.offsets, r.vals) AS e(series_id, after_ms, value)
    WHERE r.project_id = s.project_id AND r.service_key = s.service_key AND e.series_id = s.id
  ) u ORDER BY u.ts
) p;
COMMENT ON VIEW metric_points IS 'A value of a metric at an instant, out of blocks and batches. Name service and metric: every series that is asked for is unpacked. [D4]';
COMMENT ON COLUMN metric_points.ts IS 'When it was measured, by the sender''s clock.';
COMMENT ON COLUMN metric_points.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN metric_points.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN metric_points.metric_name IS 'Name of the metric.';
COMMENT ON COLUMN metric_points.value IS 'The value, in the metric''s unit.';
COMMENT ON COLUMN metric_points.labels IS 'Labels: text to text.';
COMMENT ON COLUMN metric_points.environment IS 'Environment, such as production.';
COMMENT ON COLUMN metric_points.kind IS 'gauge, counter or delta.';
COMMENT ON COLUMN metric_points.unit IS 'Unit as the sender names it, or null.';
COMMENT ON COLUMN metric_points.series_id IS 'Number of the series.';
GRANT SELECT ON metric_points TO culprit_engine, culprit_tenant;

CREATE VIEW diagnosis.metric_points WITH (security_invoker = true) AS
SELECT ts, service_key, metric_name, value, labels FROM public.metric_points;
COMMENT ON VIEW diagnosis.metric_points IS 'metric_points as document 4 has it, for reading. [D4]';
COMMENT ON COLUMN diagnosis.metric_points.ts IS 'When it was measured, by the sender''s clock.';
COMMENT ON COLUMN diagnosis.metric_points.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN diagnosis.metric_points.metric_name IS 'Name of the metric.';
COMMENT ON COLUMN diagnosis.metric_points.value IS 'The value, in the metric''s unit.';
COMMENT ON COLUMN diagnosis.metric_points.labels IS 'Labels: text to text.';
GRANT SELECT ON diagnosis.metric_points TO culprit_engine, culprit_tenant;

-- Steps of days that are over: coarser, and kept for longer.
CREATE TABLE metric_rollups_5m (
  project_id uuid NOT NULL,
  series_id bigint NOT NULL,
  day timestamptz NOT NULL,
  steps smallint[] NOT NULL,
  counts integer[] NOT NULL,
  mins double precision[] NOT NULL,
  maxs double precision[] NOT NULL,
  avgs double precision[] NOT NULL,
  PRIMARY KEY (project_id, series_id, day),
  FOREIGN KEY (project_id, series_id) REFERENCES metric_series(project_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (day);
COMMENT ON TABLE metric_rollups_5m IS 'A series in steps of five minutes, a row a day. [Culprit]';
CREATE TABLE metric_rollups_1h (
  project_id uuid NOT NULL,
  series_id bigint NOT NULL,
  day timestamptz NOT NULL,
  steps smallint[] NOT NULL,
  counts integer[] NOT NULL,
  mins double precision[] NOT NULL,
  maxs double precision[] NOT NULL,
  avgs double precision[] NOT NULL,
  PRIMARY KEY (project_id, series_id, day),
  FOREIGN KEY (project_id, series_id) REFERENCES metric_series(project_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (day);
COMMENT ON TABLE metric_rollups_1h IS 'A series in steps of an hour, a row a day. [Culprit]';
DO $$
DECLARE
  name text;
  described record;
BEGIN
  FOREACH name IN ARRAY ARRAY['metric_rollups_5m', 'metric_rollups_1h'] LOOP
    EXECUTE format('CALL protect_table(%L, may_tenant_write => false)', name);
    FOR described IN SELECT * FROM (VALUES
      ('project_id', 'The project that the row belongs to; row-level security decides by it.'),
      ('series_id', 'The series.'),
      ('day', 'Beginning of the day, in UTC.'),
      ('steps', 'Which steps of the day have points, counted from 0.'),
      ('counts', 'Points in each of them.'),
      ('mins', 'Least value in each; of a counter its growth a second from one point to the next.'),
      ('maxs', 'Greatest value in each; of a counter its growth a second.'),
      ('avgs', 'Mean in each; of counters and deltas the growth a second.')) AS d(column_name, comment)
    LOOP
      EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', name, described.column_name, described.comment);
    END LOOP;
  END LOOP;
END;
$$;

CREATE TABLE metric_days (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  day timestamptz NOT NULL,
  folded_at timestamptz NOT NULL,
  rolled_up_at timestamptz,
  PRIMARY KEY (project_id, day)
);
COMMENT ON TABLE metric_days IS 'A day that has metric blocks, and whether they are rolled up. [Culprit]';
COMMENT ON COLUMN metric_days.project_id IS 'The project that the row belongs to; row-level security decides by it.';
COMMENT ON COLUMN metric_days.day IS 'Beginning of the day, in UTC.';
COMMENT ON COLUMN metric_days.folded_at IS 'When points of that day were last folded into blocks.';
COMMENT ON COLUMN metric_days.rolled_up_at IS 'When it was last rolled up; null before. Points that come later make it be done again while the blocks are there.';
CALL protect_table('metric_days', may_tenant_write => false);

-- A feature is known by what it is of, so that writing it again is no second one.
DROP INDEX idx_anomaly_features_incident;
CREATE UNIQUE INDEX uq_anomaly_features ON anomaly_features(incident_id, feature_name, ts, service_key);

ALTER TABLE spans
  ADD COLUMN environment text NOT NULL DEFAULT '',
  ADD COLUMN route text,
  ADD COLUMN http_status smallint,
  ADD COLUMN peer jsonb;
COMMENT ON COLUMN spans.environment IS 'Environment, such as production.';
COMMENT ON COLUMN spans.route IS 'Route of the request, such as GET /cart/:id; null for what is none.';
COMMENT ON COLUMN spans.http_status IS 'Status of the answer, or null.';
COMMENT ON COLUMN spans.peer IS 'What it called: kind, name, engine; null where it does not say.';
DROP INDEX idx_spans_trace_id;
CREATE UNIQUE INDEX uq_spans ON spans(project_id, trace_id, span_id, ts);
CREATE INDEX idx_spans_time ON spans(project_id, ts);
CREATE INDEX idx_spans_errors ON spans(project_id, ts) WHERE status_code = 'error';

ALTER TABLE log_records
  ADD COLUMN environment text NOT NULL DEFAULT '',
  ADD COLUMN template_id text,
  ADD COLUMN record_id uuid NOT NULL DEFAULT gen_random_uuid();
COMMENT ON COLUMN log_records.environment IS 'Environment, such as production.';
COMMENT ON COLUMN log_records.template_id IS 'The pattern that the line follows, or null.';
COMMENT ON COLUMN log_records.record_id IS 'Hash of the record, so that a batch that is sent again is no second one.';
CREATE UNIQUE INDEX uq_log_records ON log_records(project_id, ts, record_id);
CREATE INDEX idx_log_records_template ON log_records(project_id, template_id, ts) WHERE template_id IS NOT NULL;

-- Words rather than trigrams: 21,000 lines/s and 220 bytes a line against 13,000 and 385, and no extension. Without the
-- replacement an address or a path counts as one word (23,000 lines/s, 367 bytes).
CREATE FUNCTION log_words(body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_tsvector('simple'::regconfig, regexp_replace(left(body, 16384), '[^[:alnum:]]+', ' ', 'g')) $$;
COMMENT ON FUNCTION log_words(text) IS 'The words of a log line, for searching: runs of letters and digits. [Culprit]';
CREATE INDEX idx_log_records_words ON log_records USING gin (log_words(body));
