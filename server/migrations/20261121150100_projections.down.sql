DROP TABLE retrieval_vectors, embedding_models, runbooks;
DROP TRIGGER record_changed ON retrieval_points;
DROP TRIGGER record_gone ON retrieval_points;
DROP TRIGGER update_retrieval_points_updated_at ON retrieval_points;
DROP INDEX idx_retrieval_points_words;
ALTER TABLE retrieval_points
  DROP COLUMN words,
  DROP COLUMN updated_at,
  ADD COLUMN embedding_model text,
  ADD COLUMN embedding real[],
  ADD CHECK ((embedding IS NULL) = (embedding_model IS NULL));
CREATE INDEX idx_retrieval_points_search ON retrieval_points USING gin (to_tsvector('simple', content));
DROP TRIGGER record_new ON services;
DROP TRIGGER record_gone ON services;
DROP TRIGGER record_new ON topology_edges;
DROP TRIGGER record_changed ON topology_edges;
DROP TRIGGER record_gone ON topology_edges;
DROP TRIGGER record_changed ON dependencies;
DROP TRIGGER record_new ON deployment_events;
DROP TRIGGER record_changed ON deployment_events;
DROP TRIGGER record_gone ON deployment_events;
DROP TRIGGER record_new ON deployment_commit_ranges;
DROP TRIGGER record_changed ON deployment_commit_ranges;
DROP TRIGGER record_new ON commit_files;
DROP TRIGGER record_new ON repository_commits;
DROP TRIGGER record_outcome ON incidents;
DROP FUNCTION record_facts, record_commit_facts, record_incident_fact;
ALTER TABLE outbox_positions
  DROP COLUMN state, DROP COLUMN fill_cursor, DROP COLUMN rows_done, DROP COLUMN rows_total, DROP COLUMN last_error,
  DROP COLUMN lease_token, DROP COLUMN lease_until;
DELETE FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = o.project_id);
ALTER TABLE outbox ADD CONSTRAINT outbox_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE;
COMMENT ON COLUMN outbox.topic IS 'What the fact is about.';
COMMENT ON COLUMN outbox_positions.engine IS 'The engine, such as neo4j or qdrant.';
