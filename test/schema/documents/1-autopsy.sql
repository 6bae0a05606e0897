-- The statements that document 1 (autopsy) prints, word by word, each under the heading it stands below. The document
-- lost its line breaks: only those of the set-up script, whose comments need them, are put back.

-- § Get all incidents
SELECT * FROM incidents ORDER BY created_at DESC LIMIT 100;

-- § Get incident with autopsy
SELECT i.*, a.root_cause, a.patch_diff, a.ai_fix_prompt, a.manual_steps FROM incidents i LEFT JOIN autopsy_results a ON i.id = a.incident_id WHERE i.id = 'inc_abc123';

-- § Get recent incidents by type
SELECT error_type, COUNT(*) as count FROM incidents WHERE created_at > NOW() - INTERVAL '24 hours' GROUP BY error_type ORDER BY count DESC;

-- § Get incidents without PRs
SELECT * FROM incidents WHERE pr_url IS NULL AND created_at > NOW() - INTERVAL '7 days' ORDER BY created_at DESC;

-- § Get autopsy success rate
SELECT COUNT(*) as total_incidents, COUNT(a.id) as analyzed_incidents, ROUND(COUNT(a.id)::numeric / COUNT(*)::numeric * 100, 2) as success_rate FROM incidents i LEFT JOIN autopsy_results a ON i.id = a.incident_id WHERE i.created_at > NOW() - INTERVAL '30 days';

-- § Get patch application success rate
SELECT COUNT(*) as total_prs, COUNT(CASE WHEN patch_diff NOT LIKE '%patch_failed%' THEN 1 END) as successful_patches, ROUND( COUNT(CASE WHEN patch_diff NOT LIKE '%patch_failed%' THEN 1 END)::numeric / COUNT(*)::numeric * 100, 2 ) as success_rate FROM autopsy_results WHERE created_at > NOW() - INTERVAL '30 days';

-- § Initial Setup
-- Create incidents table
CREATE TABLE IF NOT EXISTS incidents ( id VARCHAR(255) PRIMARY KEY, trace_id VARCHAR(255) NOT NULL, error_type VARCHAR(50) NOT NULL, error_message TEXT NOT NULL, stack_trace TEXT, file_snapshots JSONB, pr_url VARCHAR(500), pr_number INTEGER, status VARCHAR(50) DEFAULT 'detected', created_at TIMESTAMP DEFAULT NOW(), updated_at TIMESTAMP DEFAULT NOW() );

-- Create autopsy_results table
CREATE TABLE IF NOT EXISTS autopsy_results ( id SERIAL PRIMARY KEY, incident_id VARCHAR(255) NOT NULL REFERENCES incidents(id) ON DELETE CASCADE, root_cause TEXT NOT NULL, patch_diff TEXT, ai_fix_prompt TEXT NOT NULL, manual_steps JSONB NOT NULL, confidence_score FLOAT, model_used VARCHAR(50), analysis_time_ms INTEGER, created_at TIMESTAMP DEFAULT NOW() );

-- Create indexes
CREATE INDEX IF NOT EXISTS idx_incidents_trace_id ON incidents(trace_id);
CREATE INDEX IF NOT EXISTS idx_incidents_created_at ON incidents(created_at DESC);
CREATE INDEX IF NOT EXISTS idx_incidents_status ON incidents(status);
CREATE INDEX IF NOT EXISTS idx_incidents_error_type ON incidents(error_type);
CREATE INDEX IF NOT EXISTS idx_autopsy_incident_id ON autopsy_results(incident_id);
CREATE INDEX IF NOT EXISTS idx_autopsy_created_at ON autopsy_results(created_at DESC);
CREATE UNIQUE INDEX IF NOT EXISTS idx_autopsy_incident_unique ON autopsy_results(incident_id);

-- § Delete incidents older than 30 days
DELETE FROM incidents WHERE created_at < NOW() - INTERVAL '30 days';

-- § Archive to JSON
COPY ( SELECT row_to_json(t) FROM ( SELECT i.*, a.root_cause, a.patch_diff FROM incidents i LEFT JOIN autopsy_results a ON i.id = a.incident_id WHERE i.created_at < NOW() - INTERVAL '30 days' ) t ) TO STDOUT

-- § Check index usage
SELECT schemaname, tablename, indexname, idx_scan, idx_tup_read, idx_tup_fetch FROM pg_stat_user_indexes WHERE schemaname = 'public' ORDER BY idx_scan DESC;

-- § View table sizes
SELECT tablename, pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size FROM pg_tables WHERE schemaname = 'public' ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC;

-- § Optimize tables
VACUUM ANALYZE incidents; VACUUM ANALYZE autopsy_results;

-- § Active Connections
SELECT count(*) FROM pg_stat_activity;

-- § Slow Queries
SELECT query, calls, total_time, mean_time, max_time FROM pg_stat_statements ORDER BY mean_time DESC LIMIT 10;

-- § Table Bloat
SELECT tablename, pg_size_pretty(pg_total_relation_size(tablename::regclass)) as size, n_dead_tup, n_live_tup, ROUND(n_dead_tup::numeric / NULLIF(n_live_tup, 0)::numeric * 100, 2) as dead_ratio FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY n_dead_tup DESC;

-- § Create a cron job
DELETE FROM incidents WHERE created_at < NOW() - INTERVAL '90 days'; VACUUM ANALYZE incidents; VACUUM ANALYZE autopsy_results;

-- § Grant read-only access
CREATE USER aia_readonly WITH PASSWORD 'secure_password'; GRANT CONNECT ON DATABASE aia_db TO aia_readonly; GRANT SELECT ON ALL TABLES IN SCHEMA public TO aia_readonly;
