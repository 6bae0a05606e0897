DROP TABLE gate_shadow_decisions, gate_policies, maintenance_windows, incident_triggers, sentinel_leases, telemetry_hours, detectors;
COMMENT ON COLUMN incident_occurrences.reason IS 'Why it joined: opened, same_fingerprint, same_trace, reopened or late.';
