-- The figures of a project read what they need of counters, decisions and reports from these indexes alone: beside 175,000 incidents in thirty days they
-- fetched half a million rows for a time each. No update that kept to its page leaves it: none moves what an index carries, except where incidents are joined.
DROP INDEX idx_incident_counters_project_id;
CREATE INDEX idx_incident_counters_project_id ON incident_counters(project_id, first_seen_at) INCLUDE (incident_id);
DROP INDEX idx_incident_decisions_project_time;
CREATE INDEX idx_incident_decisions_project_time ON incident_decisions(project_id, decision, decided_at DESC) INCLUDE (incident_id);
DROP INDEX idx_incident_reports_project_created;
CREATE INDEX idx_incident_reports_project_created ON incident_reports(project_id, created_at DESC) INCLUDE (incident_id);
