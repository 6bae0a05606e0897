/*
 * The tables that Culprit keeps in ClickHouse. `metric_points` and `anomaly_features` are document 4's. Beyond the document's columns a point has its
 * project, environment, kind and unit; the order begins with the project, because every read is of one; repeated inserts are left out by
 * ClickHouse itself (`non_replicated_deduplication_window`). Spans, log lines and coarser steps lie beside them.
 */

const MERGE_TREE = "SETTINGS non_replicated_deduplication_window = 10000";

const ROLLUP = (name: string) => `
CREATE TABLE IF NOT EXISTS ${name} (
  ts DateTime64(3, 'UTC'),
  project_id UUID,
  service_key String,
  environment LowCardinality(String),
  metric_name LowCardinality(String),
  kind LowCardinality(String),
  unit LowCardinality(String),
  labels Map(String, String),
  points UInt32,
  min Float64,
  max Float64,
  avg Float64,
  rolled_up_at DateTime64(3, 'UTC'),
  series_id UInt64 DEFAULT cityHash64(environment, kind, toString(labels))
)
ENGINE = ReplacingMergeTree(rolled_up_at)
PARTITION BY toYYYYMM(ts)
ORDER BY (project_id, service_key, metric_name, series_id, ts)`;

/** What makes the tables where they are missing, in order. */
export const TABLES: readonly string[] = [
  `
CREATE TABLE IF NOT EXISTS metric_points (
  ts DateTime64(3, 'UTC'),
  service_key String,
  metric_name LowCardinality(String),
  value Float64,
  labels Map(String, String),
  project_id UUID,
  environment LowCardinality(String),
  kind LowCardinality(String),
  unit LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (project_id, service_key, metric_name, ts)
${MERGE_TREE}`,
  `
CREATE TABLE IF NOT EXISTS anomaly_features (
  incident_id String,
  ts DateTime64(3, 'UTC'),
  service_key String,
  feature_name LowCardinality(String),
  feature_value Float64,
  project_id UUID
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (incident_id, feature_name, ts)
${MERGE_TREE}`,
  `
CREATE TABLE IF NOT EXISTS spans (
  ts DateTime64(3, 'UTC'),
  project_id UUID,
  trace_id String,
  span_id String,
  parent_span_id String,
  service_key String,
  environment LowCardinality(String),
  name String,
  kind LowCardinality(String),
  duration_ms Float64,
  status_code LowCardinality(String),
  route Nullable(String),
  http_status Nullable(UInt16),
  peer String,
  attributes String,
  events String,
  INDEX traces trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (project_id, service_key, ts)
${MERGE_TREE}`,
  `
CREATE TABLE IF NOT EXISTS log_records (
  ts DateTime64(3, 'UTC'),
  project_id UUID,
  service_key String,
  environment LowCardinality(String),
  severity LowCardinality(String),
  body String,
  trace_id String,
  span_id String,
  attributes String,
  template_id String,
  record_id String,
  INDEX traces trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX words lowerUTF8(body) TYPE tokenbf_v1(16384, 3, 0) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (project_id, service_key, ts)
${MERGE_TREE}`,
  ROLLUP("metric_rollups_5m"),
  ROLLUP("metric_rollups_1h"),
  `
CREATE TABLE IF NOT EXISTS metric_days (
  project_id UUID,
  day Date,
  points UInt64,
  rolled_up_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(rolled_up_at)
ORDER BY (project_id, day)`,
];
