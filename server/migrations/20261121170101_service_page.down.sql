DROP INDEX idx_incidents_service_id;
CREATE INDEX idx_incidents_service_id ON incidents(service_id);
