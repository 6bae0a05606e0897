-- The incidents of a service, newest first: for a page of the list all of a busy one's were read and sorted.
DROP INDEX idx_incidents_service_id;
CREATE INDEX idx_incidents_service_id ON incidents(service_id, created_at DESC, id DESC);
