DROP TABLE gate_shadow_decisions, gate_policies, maintenance_windows, incident_triggers, sentinel_leases, telemetry_hours, detectors;
