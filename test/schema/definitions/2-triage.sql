-- What document 2 (triage) defines in prose, as SQL: "String" is VARCHAR(255) (the CHECKs' limit) and "String (UUID)" a
-- UUID, a time has its zone, and what is not called nullable is NOT NULL.

CREATE TABLE fault_events (
  fault_id VARCHAR(255) PRIMARY KEY,
  subscription_id VARCHAR(255) NOT NULL,
  cluster VARCHAR(255) NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  resource_api_version VARCHAR(255) NOT NULL,
  resource_kind VARCHAR(255) NOT NULL,
  resource_name VARCHAR(255) NOT NULL,
  resource_namespace VARCHAR(255) NOT NULL,
  resource_uid VARCHAR(255) NOT NULL,
  fault_type VARCHAR(255) NOT NULL,
  severity TEXT NOT NULL,
  context TEXT NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_fault_events_cluster ON fault_events(cluster);
CREATE INDEX idx_fault_events_resource_kind ON fault_events(resource_kind);
CREATE INDEX idx_fault_events_resource_namespace ON fault_events(resource_namespace);
CREATE INDEX idx_fault_events_fault_type ON fault_events(fault_type);
CREATE INDEX idx_fault_events_severity ON fault_events(severity);

CREATE TABLE incidents (
  incident_id UUID PRIMARY KEY,
  fault_id VARCHAR(255) NOT NULL REFERENCES fault_events(fault_id),
  status VARCHAR(20) NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  started_at TIMESTAMPTZ,
  completed_at TIMESTAMPTZ,
  exit_code INTEGER,
  cluster VARCHAR(255) NOT NULL,
  subscription_id VARCHAR(255) NOT NULL,
  resource_api_version VARCHAR(255) NOT NULL,
  resource_kind VARCHAR(255) NOT NULL,
  resource_name VARCHAR(255) NOT NULL,
  resource_namespace VARCHAR(255) NOT NULL,
  resource_uid VARCHAR(255) NOT NULL,
  fault_type VARCHAR(255) NOT NULL,
  severity TEXT NOT NULL,
  failure_reason TEXT,
  context TEXT NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_incidents_created_at ON incidents(created_at);
CREATE INDEX idx_incidents_triage_status ON incidents(status);
CREATE INDEX idx_incidents_cluster ON incidents(cluster);
CREATE INDEX idx_incidents_resource_kind ON incidents(resource_kind);
CREATE INDEX idx_incidents_resource_namespace ON incidents(resource_namespace);
CREATE INDEX idx_incidents_fault_type ON incidents(fault_type);
CREATE INDEX idx_incidents_severity ON incidents(severity);

CREATE TABLE agent_executions (
  execution_id UUID PRIMARY KEY,
  incident_id UUID NOT NULL REFERENCES incidents(incident_id),
  started_at TIMESTAMPTZ NOT NULL,
  completed_at TIMESTAMPTZ,
  exit_code INTEGER,
  error_message TEXT NOT NULL,
  log_paths TEXT NOT NULL
);

CREATE TABLE triage_reports (
  report_id UUID PRIMARY KEY,
  incident_id UUID NOT NULL REFERENCES incidents(incident_id),
  execution_id UUID NOT NULL REFERENCES agent_executions(execution_id),
  generated_at TIMESTAMPTZ NOT NULL,
  report_markdown TEXT NOT NULL,
  report_html TEXT
);
