-- What engines beside PostgreSQL are fed from, and what is searched by meaning. Vectors are real[], so that a server without
-- pgvector keeps them too; where it has pgvector, an index over the same column is made when Culprit starts.

-- Facts for other engines ---------------------------------------------------------------------------------------------

-- Engines must hear of what a deleted project held, so facts outlive it.
ALTER TABLE outbox DROP CONSTRAINT outbox_project_id_fkey;
ALTER TABLE outbox_positions
  ADD COLUMN state text NOT NULL DEFAULT 'ready' CHECK (state IN ('clearing', 'filling', 'ready')),
  ADD COLUMN fill_cursor text,
  ADD COLUMN rows_done bigint NOT NULL DEFAULT 0,
  ADD COLUMN rows_total bigint NOT NULL DEFAULT 0,
  ADD COLUMN last_error text,
  ADD COLUMN lease_token uuid,
  ADD COLUMN lease_until timestamptz;

-- Writes a fact for each changed row in the transaction that changes it, if an engine is there to read the topic. Arguments: the topic,
-- SQL of the key over the row `r`, and for an update SQL that joins the old row `o` and tells whether it matters.
CREATE FUNCTION record_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM outbox_positions WHERE topic = TG_ARGV[0]) THEN RETURN NULL; END IF;
  EXECUTE format(
    'INSERT INTO outbox (project_id, topic, key, payload)
     SELECT r.project_id, %L, %s, jsonb_build_object(''deleted'', %L::boolean)
       || (to_jsonb(r) - ARRAY[''content'', ''words'', ''embedding'', ''metadata'', ''commit_shas''])
     FROM changed_rows r %s ORDER BY 3',
    TG_ARGV[0], TG_ARGV[1], TG_OP = 'DELETE',
    CASE WHEN TG_OP = 'UPDATE' THEN 'JOIN former_rows o ON ' || TG_ARGV[2] ELSE '' END);
  RETURN NULL;
END;
$$;

-- A commit's files belong to every project whose repository has the commit.
CREATE FUNCTION record_commit_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM outbox_positions WHERE topic = 'source') THEN RETURN NULL; END IF;
  INSERT INTO outbox (project_id, topic, key, payload)
  SELECT DISTINCT c.project_id, 'source', 'commit/' || c.commit_sha, jsonb_build_object('deleted', false, 'commit_sha', c.commit_sha)
  FROM (SELECT DISTINCT commit_sha FROM changed_rows) r JOIN repository_commits c ON c.commit_sha = r.commit_sha
  WHERE EXISTS (SELECT 1 FROM commit_files f WHERE f.commit_sha = c.commit_sha) ORDER BY 3;
  RETURN NULL;
END;
$$;

CREATE FUNCTION record_incident_fact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO outbox (project_id, topic, key, payload)
  SELECT NEW.project_id, 'source', 'incident/' || NEW.id, jsonb_build_object('deleted', false, 'incident_id', NEW.id)
  WHERE EXISTS (SELECT 1 FROM outbox_positions WHERE topic = 'source');
  RETURN NULL;
END;
$$;

CREATE TRIGGER record_new AFTER INSERT ON services REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''service/'' || r.service_id');
CREATE TRIGGER record_gone AFTER DELETE ON services REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''service/'' || r.service_id');
CREATE TRIGGER record_new AFTER INSERT ON topology_edges REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''edge/'' || r.edge_id');
-- When a call was last seen is news once an hour.
CREATE TRIGGER record_changed AFTER UPDATE ON topology_edges REFERENCING OLD TABLE AS former_rows NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''edge/'' || r.edge_id',
    'o.edge_id = r.edge_id AND (o.source <> r.source OR date_trunc(''hour'', o.last_seen_at) <> date_trunc(''hour'', r.last_seen_at))');
CREATE TRIGGER record_gone AFTER DELETE ON topology_edges REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''edge/'' || r.edge_id');
CREATE TRIGGER record_changed AFTER UPDATE ON dependencies REFERENCING OLD TABLE AS former_rows NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''dependency/'' || r.dependency_id',
    'o.dependency_id = r.dependency_id AND o.engine IS DISTINCT FROM r.engine');
CREATE TRIGGER record_new AFTER INSERT ON deployment_events REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''deployment/'' || r.deployment_event_id');
CREATE TRIGGER record_changed AFTER UPDATE ON deployment_events REFERENCING OLD TABLE AS former_rows NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''deployment/'' || r.deployment_event_id',
    'o.deployment_event_id = r.deployment_event_id AND (o.started_at, o.image_ref, o.revision, o.commit_sha) IS DISTINCT FROM (r.started_at, r.image_ref, r.revision, r.commit_sha)');
CREATE TRIGGER record_gone AFTER DELETE ON deployment_events REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''deployment/'' || r.deployment_event_id');
CREATE TRIGGER record_new AFTER INSERT ON deployment_commit_ranges REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''deployment/'' || r.deployment_event_id');
CREATE TRIGGER record_changed AFTER UPDATE ON deployment_commit_ranges REFERENCING OLD TABLE AS former_rows NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('topology', '''deployment/'' || r.deployment_event_id',
    'o.deployment_event_id = r.deployment_event_id AND o.commit_shas IS DISTINCT FROM r.commit_shas');
CREATE TRIGGER record_new AFTER INSERT ON commit_files REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_commit_facts();
CREATE TRIGGER record_new AFTER INSERT ON repository_commits REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_commit_facts();
CREATE TRIGGER record_outcome AFTER UPDATE OF status, verdict_summary, resolution_summary ON incidents FOR EACH ROW
  WHEN (NEW.status IN ('diagnosed', 'pr_created', 'resolved')
    AND (OLD.status, OLD.verdict_summary, OLD.resolution_summary) IS DISTINCT FROM (NEW.status, NEW.verdict_summary, NEW.resolution_summary))
  EXECUTE FUNCTION record_incident_fact();

-- Retrieval -----------------------------------------------------------------------------------------------------------

CREATE TABLE runbooks (
  runbook_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  title text NOT NULL CHECK (title <> ''),
  content text NOT NULL,
  service_key text,
  tags text[] NOT NULL DEFAULT '{}',
  source_url text,
  repository_path text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX uq_runbooks_path ON runbooks(project_id, repository_path) WHERE repository_path IS NOT NULL;
CREATE UNIQUE INDEX uq_runbooks_title ON runbooks(project_id, title) WHERE repository_path IS NULL;
CREATE INDEX idx_runbooks_project_id ON runbooks(project_id);
CREATE TRIGGER update_runbooks_updated_at BEFORE UPDATE ON runbooks FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- One row for each model that made vectors. A new one is built beside the old one and takes over when it is complete.
CREATE TABLE embedding_models (
  model text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('building', 'active')),
  dimensions integer CHECK (dimensions > 0),
  rows_done bigint NOT NULL DEFAULT 0,
  rows_total bigint NOT NULL DEFAULT 0,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  activated_at timestamptz,
  CHECK ((state = 'active') = (activated_at IS NOT NULL))
);
CREATE UNIQUE INDEX uq_embedding_models_active ON embedding_models(state) WHERE state = 'active';

DROP INDEX idx_retrieval_points_search;
ALTER TABLE retrieval_points
  DROP COLUMN embedding,
  DROP COLUMN embedding_model,
  ADD COLUMN words tsvector NOT NULL DEFAULT '',
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE retrieval_points SET words = to_tsvector('simple', content);
CREATE INDEX idx_retrieval_points_words ON retrieval_points USING gin (words);
CREATE TRIGGER update_retrieval_points_updated_at BEFORE UPDATE ON retrieval_points
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE retrieval_vectors (
  model text NOT NULL REFERENCES embedding_models(model) ON DELETE CASCADE,
  collection text NOT NULL,
  point_id uuid NOT NULL,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  embedding real[] NOT NULL CHECK (cardinality(embedding) > 0),
  -- Counts up with every vector that is written, so that a process loads only what is new to it.
  version bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (model, collection, point_id),
  FOREIGN KEY (collection, point_id) REFERENCES retrieval_points(collection, point_id) ON DELETE CASCADE
);
CREATE INDEX idx_retrieval_vectors_project ON retrieval_vectors(project_id, collection, model, version);
CREATE INDEX idx_retrieval_vectors_point ON retrieval_vectors(collection, point_id);

CREATE TRIGGER record_new AFTER INSERT ON retrieval_vectors REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('retrieval', 'r.collection || ''/'' || r.point_id');
CREATE TRIGGER record_changed AFTER UPDATE ON retrieval_points REFERENCING OLD TABLE AS former_rows NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('retrieval', 'r.collection || ''/'' || r.point_id',
    'o.collection = r.collection AND o.point_id = r.point_id AND (o.payload <> r.payload OR o.content <> r.content)');
CREATE TRIGGER record_gone AFTER DELETE ON retrieval_points REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_facts('retrieval', 'r.collection || ''/'' || r.point_id');

CALL protect_table('runbooks');
CALL protect_table('retrieval_vectors', may_tenant_write => false);
ALTER TABLE embedding_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_policy ON embedding_models TO culprit_engine USING (true);
CREATE POLICY reader_policy ON embedding_models FOR SELECT USING ((SELECT current_user <> 'culprit_tenant'));
GRANT SELECT, INSERT, UPDATE, DELETE ON embedding_models TO culprit_engine;

COMMENT ON FUNCTION record_facts() IS 'Writes changed rows to the outbox, if an engine reads the topic. [Culprit]';
COMMENT ON FUNCTION record_commit_facts() IS 'Writes commits whose files became known to the outbox. [Culprit]';
COMMENT ON FUNCTION record_incident_fact() IS 'Writes an incident whose outcome changed to the outbox. [Culprit]';
COMMENT ON COLUMN outbox.project_id IS 'The project that the fact is about; it may be gone.';
COMMENT ON COLUMN outbox.topic IS 'What the fact is about: topology, retrieval or source (what texts to search are made from).';
COMMENT ON COLUMN outbox_positions.engine IS 'Who reads: neo4j, qdrant, or index (which makes texts to search).';
COMMENT ON COLUMN outbox_positions.state IS 'clearing (what the engine held is being removed), filling (from the tables), ready (it follows the outbox).';
COMMENT ON COLUMN outbox_positions.fill_cursor IS 'While it is filled: the last key that it has of those in the tables.';
COMMENT ON COLUMN outbox_positions.rows_done IS 'Things that it was filled with.';
COMMENT ON COLUMN outbox_positions.rows_total IS 'Things that there were to fill it with.';
COMMENT ON COLUMN outbox_positions.last_error IS 'Why it does not go on; null while it does.';
COMMENT ON COLUMN outbox_positions.lease_token IS 'Which process feeds it; whoever holds another token writes nothing.';
COMMENT ON COLUMN outbox_positions.lease_until IS 'Until when, unless it is renewed.';
COMMENT ON TABLE runbooks IS 'What people wrote down for a failure, from the repository or the API. [Culprit]';
COMMENT ON COLUMN runbooks.runbook_id IS 'Key: a UUID.';
COMMENT ON COLUMN runbooks.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN runbooks.title IS 'Its title; unique among those of the API.';
COMMENT ON COLUMN runbooks.content IS 'Its text, Markdown.';
COMMENT ON COLUMN runbooks.service_key IS 'The service that it is about; null where it is about several.';
COMMENT ON COLUMN runbooks.tags IS 'Words to find it by.';
COMMENT ON COLUMN runbooks.source_url IS 'Where people read it.';
COMMENT ON COLUMN runbooks.repository_path IS 'Its file in the repository; null where it came by the API.';
COMMENT ON COLUMN runbooks.created_at IS 'When it was written down, by the clock of the database.';
COMMENT ON COLUMN runbooks.updated_at IS 'Last write of the row; kept by a trigger.';
COMMENT ON TABLE embedding_models IS 'What makes vectors of texts; a new model is built beside the old one and takes over when it is complete. [Culprit]';
COMMENT ON COLUMN embedding_models.model IS 'Its name.';
COMMENT ON COLUMN embedding_models.state IS 'building, or active: the one (at most) that is searched with.';
COMMENT ON COLUMN embedding_models.dimensions IS 'The length of its vectors; null before the first.';
COMMENT ON COLUMN embedding_models.rows_done IS 'Points that have its vector, when that was last counted.';
COMMENT ON COLUMN embedding_models.rows_total IS 'Points that there were then.';
COMMENT ON COLUMN embedding_models.last_error IS 'Why it does not go on; null while it does.';
COMMENT ON COLUMN embedding_models.created_at IS 'When it was first asked for, by the clock of the database.';
COMMENT ON COLUMN embedding_models.activated_at IS 'When it took over.';
COMMENT ON COLUMN retrieval_points.words IS 'Its words for full-text search: those of the text, and the parts of names in it (addItem: add, item).';
COMMENT ON COLUMN retrieval_points.updated_at IS 'Last write of the row; kept by a trigger.';
COMMENT ON TABLE retrieval_vectors IS 'The vector of a point, by model: what search by meaning compares. [D4]';
COMMENT ON COLUMN retrieval_vectors.model IS 'What made it.';
COMMENT ON COLUMN retrieval_vectors.collection IS 'The collection of the point.';
COMMENT ON COLUMN retrieval_vectors.point_id IS 'The point.';
COMMENT ON COLUMN retrieval_vectors.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN retrieval_vectors.embedding IS 'The vector, of length 1.';
COMMENT ON COLUMN retrieval_vectors.version IS 'Counts up with every vector that is written.';
