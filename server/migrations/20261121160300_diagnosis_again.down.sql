-- Deployments that none were do not come back; no row of the schema refers to them.
ALTER TABLE service_revisions DROP COLUMN last_seen_at;
