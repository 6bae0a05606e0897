DROP INDEX uq_config_change_events_external_id;
ALTER TABLE config_change_events DROP COLUMN external_id;
DROP TABLE schema_snapshots;
DROP TABLE service_paths;
ALTER TABLE commits DROP COLUMN files_read_at;
