DROP INDEX idx_incident_counters_project_id;
CREATE INDEX idx_incident_counters_project_id ON incident_counters(project_id);
DROP INDEX idx_incident_decisions_project_time;
CREATE INDEX idx_incident_decisions_project_time ON incident_decisions(project_id, decision, decided_at DESC);
DROP INDEX idx_incident_reports_project_created;
CREATE INDEX idx_incident_reports_project_created ON incident_reports(project_id, created_at DESC);
