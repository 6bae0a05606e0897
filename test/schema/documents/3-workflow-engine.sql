-- The statements that document 3 (workflow engine) prints, word by word, each under the heading it stands below. What
-- pg_cron is given to run stands as that statement alone.

-- § cleanup_old_execution_logs()
CREATE OR REPLACE FUNCTION cleanup_old_execution_logs(days_to_keep INT DEFAULT 30)
RETURNS INT AS $$
DECLARE
    deleted_count INT;
BEGIN
    DELETE FROM execution_logs
    WHERE created_at < NOW() - (days_to_keep || ' days')::INTERVAL;
    
    GET DIAGNOSTICS deleted_count = ROW_COUNT;
    RETURN deleted_count;
END;
$$ LANGUAGE plpgsql;

-- § update_updated_at_column()
CREATE OR REPLACE FUNCTION update_updated_at_column()
RETURNS TRIGGER AS $$
BEGIN
    NEW.updated_at = NOW();
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

-- § recent_workflow_activity
CREATE VIEW recent_workflow_activity AS
SELECT 
    w.name AS workflow_name,
    we.execution_id,
    we.status,
    we.started_at,
    we.completed_at,
    EXTRACT(EPOCH FROM (we.completed_at - we.started_at)) AS duration_seconds,
    we.retry_count,
    we.trigger_type
FROM workflow_executions we
JOIN workflows w ON we.workflow_id = w.id
WHERE we.started_at > NOW() - INTERVAL '7 days'
ORDER BY we.started_at DESC;

-- § workflow_performance_stats
CREATE VIEW workflow_performance_stats AS
SELECT 
    w.id AS workflow_id,
    w.name AS workflow_name,
    COUNT(*) AS total_executions,
    COUNT(*) FILTER (WHERE we.status = 'completed') AS successful_executions,
    COUNT(*) FILTER (WHERE we.status = 'failed') AS failed_executions,
    ROUND(AVG(EXTRACT(EPOCH FROM (we.completed_at - we.started_at))), 2) AS avg_duration_seconds,
    MAX(we.started_at) AS last_execution_at
FROM workflows w
LEFT JOIN workflow_executions we ON w.id = we.workflow_id
WHERE we.started_at > NOW() - INTERVAL '30 days'
GROUP BY w.id, w.name;

-- § Automatic Cleanup: cleanup-old-logs
SELECT cleanup_old_execution_logs(30)

-- § Automatic Cleanup: cleanup-old-executions
DELETE FROM workflow_executions 
    WHERE status IN ('completed', 'failed', 'timeout') 
    AND completed_at < NOW() - INTERVAL '90 days'

-- § Always use indexes for filtering: good
SELECT * FROM workflow_executions 
WHERE workflow_id = 'xxx' AND status = 'running';

-- § Always use indexes for filtering: bad
SELECT * FROM workflow_executions 
WHERE LOWER(status) = 'running';

-- § Use appropriate JSONB operators: good
SELECT * FROM workflows 
WHERE config @> '{"enabled": true}';

-- § Use appropriate JSONB operators: bad
SELECT * FROM workflows 
WHERE config->>'enabled' = 'true';

-- § Limit result sets
SELECT * FROM execution_logs 
ORDER BY created_at DESC 
LIMIT 100;

-- § Row-Level Security (RLS)
-- Enable RLS on sensitive tables
ALTER TABLE integrations ENABLE ROW LEVEL SECURITY;

-- Create policy
CREATE POLICY integration_access_policy ON integrations
    USING (created_by = current_user);

-- § Active Executions
SELECT 
    w.name,
    we.execution_id,
    we.status,
    NOW() - we.started_at AS running_time
FROM workflow_executions we
JOIN workflows w ON we.workflow_id = w.id
WHERE we.status = 'running'
ORDER BY we.started_at;

-- § Failed Executions (Last 24h)
SELECT 
    w.name,
    COUNT(*) AS failure_count,
    array_agg(DISTINCT we.error_message) AS error_messages
FROM workflow_executions we
JOIN workflows w ON we.workflow_id = w.id
WHERE we.status = 'failed'
AND we.started_at > NOW() - INTERVAL '24 hours'
GROUP BY w.name
ORDER BY failure_count DESC;

-- § Database Size
SELECT 
    pg_size_pretty(pg_database_size('autopr')) AS database_size,
    pg_size_pretty(pg_total_relation_size('workflow_executions')) AS executions_size,
    pg_size_pretty(pg_total_relation_size('execution_logs')) AS logs_size;
