DROP SCHEMA tracking CASCADE;
DROP SCHEMA diagnosis CASCADE;
DROP SCHEMA triage CASCADE;
DROP SCHEMA autopsy CASCADE;
DROP INDEX idx_incidents_autopsy_status, idx_incidents_autopsy_created_at, idx_incidents_triage_status,
  idx_incidents_diagnosis_status, idx_incidents_diagnosis_severity, idx_incidents_tracking_status;
