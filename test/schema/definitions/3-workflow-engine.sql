-- What document 3 (workflow engine) defines, word by word; the function that a trigger calls is moved before it.

CREATE OR REPLACE FUNCTION update_updated_at_column()
RETURNS TRIGGER AS $$
BEGIN
    NEW.updated_at = NOW();
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TABLE workflows (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Core Fields
    name VARCHAR(255) NOT NULL UNIQUE,
    description TEXT,
    status VARCHAR(50) NOT NULL DEFAULT 'active',
    
    -- Configuration
    config JSONB NOT NULL DEFAULT '{}',
    
    -- Metadata
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    created_by VARCHAR(255),
    
    -- Constraints
    CONSTRAINT chk_workflow_status CHECK (status IN (
        'active', 'inactive', 'archived', 'draft'
    ))
);

-- Indexes
CREATE INDEX idx_workflows_status ON workflows(status);
CREATE INDEX idx_workflows_created_at ON workflows(created_at DESC);
CREATE INDEX idx_workflows_config ON workflows USING GIN(config);

-- Trigger for updated_at
CREATE TRIGGER update_workflows_updated_at
    BEFORE UPDATE ON workflows
    FOR EACH ROW
    EXECUTE FUNCTION update_updated_at_column();

CREATE TABLE workflow_executions (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Foreign Keys
    workflow_id UUID NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
    
    -- Identification
    execution_id VARCHAR(255) NOT NULL UNIQUE,
    
    -- Status
    status VARCHAR(50) NOT NULL DEFAULT 'pending',
    
    -- Timing
    started_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    completed_at TIMESTAMP WITH TIME ZONE,
    
    -- Results
    result JSONB,
    error_message TEXT,
    
    -- Retry Information
    retry_count INT DEFAULT 0,
    parent_execution_id UUID REFERENCES workflow_executions(id),
    
    -- Context
    trigger_type VARCHAR(100),
    trigger_data JSONB,
    
    -- Constraints
    CONSTRAINT chk_execution_status CHECK (status IN (
        'pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'
    )),
    CONSTRAINT chk_completed_at_after_started CHECK (
        completed_at IS NULL OR completed_at >= started_at
    )
);

-- Indexes
CREATE INDEX idx_workflow_executions_workflow_id ON workflow_executions(workflow_id);
CREATE INDEX idx_workflow_executions_status ON workflow_executions(status);
CREATE INDEX idx_workflow_executions_started_at ON workflow_executions(started_at DESC);
CREATE INDEX idx_workflow_executions_execution_id ON workflow_executions(execution_id);
CREATE INDEX idx_workflow_executions_trigger_type ON workflow_executions(trigger_type);

-- Composite index for common queries
CREATE INDEX idx_workflow_executions_composite 
    ON workflow_executions(workflow_id, status, started_at DESC);

CREATE TABLE workflow_actions (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Foreign Keys
    workflow_id UUID NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
    
    -- Action Definition
    action_type VARCHAR(100) NOT NULL,
    action_name VARCHAR(255) NOT NULL,
    config JSONB NOT NULL DEFAULT '{}',
    
    -- Ordering
    order_index INT NOT NULL,
    
    -- Conditional Execution
    conditions JSONB,
    
    -- Metadata
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    
    -- Constraints
    CONSTRAINT uq_workflow_action_order UNIQUE (workflow_id, order_index),
    CONSTRAINT chk_order_index_positive CHECK (order_index >= 0)
);

-- Indexes
CREATE INDEX idx_workflow_actions_workflow_id ON workflow_actions(workflow_id);
CREATE INDEX idx_workflow_actions_type ON workflow_actions(action_type);
CREATE INDEX idx_workflow_actions_order ON workflow_actions(workflow_id, order_index);

CREATE TABLE execution_logs (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Foreign Keys
    execution_id UUID NOT NULL REFERENCES workflow_executions(id) ON DELETE CASCADE,
    
    -- Log Details
    level VARCHAR(20) NOT NULL,
    message TEXT NOT NULL,
    metadata JSONB,
    
    -- Context
    action_id UUID REFERENCES workflow_actions(id),
    step_name VARCHAR(255),
    
    -- Timing
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    
    -- Constraints
    CONSTRAINT chk_log_level CHECK (level IN (
        'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'
    ))
);

-- Indexes
CREATE INDEX idx_execution_logs_execution_id ON execution_logs(execution_id);
CREATE INDEX idx_execution_logs_level ON execution_logs(level);
CREATE INDEX idx_execution_logs_created_at ON execution_logs(created_at DESC);

-- Composite index for filtering
CREATE INDEX idx_execution_logs_composite 
    ON execution_logs(execution_id, level, created_at DESC);

-- Partitioning for performance (optional, for high volume)
-- CREATE TABLE execution_logs_2025_01 PARTITION OF execution_logs
--     FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');

CREATE TABLE integrations (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Identification
    name VARCHAR(255) NOT NULL UNIQUE,
    type VARCHAR(100) NOT NULL,
    
    -- Configuration
    config JSONB NOT NULL DEFAULT '{}',
    
    -- Status
    enabled BOOLEAN DEFAULT true,
    health_status VARCHAR(50) DEFAULT 'unknown',
    last_health_check TIMESTAMP WITH TIME ZONE,
    
    -- Credentials (encrypted)
    credentials_encrypted TEXT,
    
    -- Metadata
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    
    -- Constraints
    CONSTRAINT chk_integration_type CHECK (type IN (
        'github', 'linear', 'slack', 'axolo', 'teams', 'discord', 
        'jira', 'sentry', 'datadog'
    )),
    CONSTRAINT chk_health_status CHECK (health_status IN (
        'healthy', 'degraded', 'unhealthy', 'unknown'
    ))
);

-- Indexes
CREATE INDEX idx_integrations_type ON integrations(type);
CREATE INDEX idx_integrations_enabled ON integrations(enabled);
CREATE INDEX idx_integrations_health ON integrations(health_status);

CREATE TABLE integration_events (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Foreign Keys
    integration_id UUID NOT NULL REFERENCES integrations(id) ON DELETE CASCADE,
    
    -- Event Details
    event_type VARCHAR(100) NOT NULL,
    event_id VARCHAR(255),
    payload JSONB NOT NULL,
    
    -- Processing Status
    status VARCHAR(50) DEFAULT 'pending',
    processed_at TIMESTAMP WITH TIME ZONE,
    error_message TEXT,
    retry_count INT DEFAULT 0,
    
    -- Timing
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    
    -- Constraints
    CONSTRAINT chk_event_status CHECK (status IN (
        'pending', 'processing', 'completed', 'failed', 'ignored'
    ))
);

-- Indexes
CREATE INDEX idx_integration_events_integration_id ON integration_events(integration_id);
CREATE INDEX idx_integration_events_status ON integration_events(status);
CREATE INDEX idx_integration_events_type ON integration_events(event_type);
CREATE INDEX idx_integration_events_created_at ON integration_events(created_at DESC);

-- Composite index for processing queue
CREATE INDEX idx_integration_events_queue 
    ON integration_events(status, created_at) 
    WHERE status IN ('pending', 'processing');

CREATE TABLE workflow_triggers (
    -- Primary Key
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    
    -- Foreign Keys
    workflow_id UUID NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
    
    -- Trigger Definition
    trigger_type VARCHAR(100) NOT NULL,
    conditions JSONB NOT NULL DEFAULT '{}',
    
    -- Status
    enabled BOOLEAN DEFAULT true,
    
    -- Metadata
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
    
    -- Constraints
    CONSTRAINT chk_trigger_type CHECK (trigger_type IN (
        'event', 'schedule', 'webhook', 'manual'
    ))
);

-- Indexes
CREATE INDEX idx_workflow_triggers_workflow_id ON workflow_triggers(workflow_id);
CREATE INDEX idx_workflow_triggers_type ON workflow_triggers(trigger_type);
CREATE INDEX idx_workflow_triggers_enabled ON workflow_triggers(enabled);

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
