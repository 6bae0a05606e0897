-- Detection: what is looked for in telemetry, what fired, what the gate decides by, and when nobody wants to be told.

-- What is looked for -----------------------------------------------------------------------------------------------------

-- Settings of detectors as they were set, a row for each version; the built-in settings stand where there is none.
CREATE TABLE detectors (
  detector_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name varchar(100) NOT NULL CHECK (name <> ''),
  service varchar(255) NOT NULL DEFAULT '',
  version integer NOT NULL CHECK (version > 0),
  kind varchar(30) NOT NULL CHECK (kind IN (
    'error_rate_spike', 'p99_regression', 'crashloop', 'slo_burn_rate', 'change_point', 'custom')),
  is_enabled boolean NOT NULL,
  settings jsonb NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, name, service, version)
);

-- How a series usually is at an hour, from which the same hour of later days is judged.
CREATE TABLE telemetry_hours (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  service_key text NOT NULL,
  environment varchar(50) NOT NULL,
  route text NOT NULL DEFAULT '',
  metric text NOT NULL,
  median double precision NOT NULL,
  points integer NOT NULL CHECK (points > 0),
  PRIMARY KEY (project_id, hour, service_key, environment, route, metric)
);

-- Which process looks.
CREATE TABLE sentinel_leases (
  name varchar(100) PRIMARY KEY,
  holder text NOT NULL,
  until_at timestamptz NOT NULL
);

-- What fired -------------------------------------------------------------------------------------------------------------

CREATE TABLE incident_triggers (
  trigger_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  detector varchar(100) NOT NULL,
  trigger_type varchar(30) NOT NULL CHECK (trigger_type IN ('error_rate_spike', 'p99_regression', 'crashloop', 'custom')),
  service_key text NOT NULL,
  environment varchar(50) NOT NULL,
  route text NOT NULL DEFAULT '',
  status varchar(10) NOT NULL CHECK (status IN ('firing', 'resolved')),
  is_opener boolean NOT NULL,
  began_at timestamptz NOT NULL,
  fired_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  quiet_since timestamptz,
  resolved_at timestamptz,
  facts jsonb NOT NULL,
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
-- One firing of a stream at a time, whatever number of processes look.
CREATE UNIQUE INDEX uq_incident_triggers_firing ON incident_triggers(project_id, detector, service_key, environment, route)
  WHERE status = 'firing';
CREATE INDEX idx_incident_triggers_incident_id ON incident_triggers(incident_id, fired_at);
CREATE INDEX idx_incident_triggers_project_time ON incident_triggers(project_id, resolved_at DESC);

-- The gate ---------------------------------------------------------------------------------------------------------------

CREATE TABLE maintenance_windows (
  window_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  service varchar(255),
  environment varchar(50),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (ends_at >= starts_at)
);
CREATE INDEX idx_maintenance_windows_project ON maintenance_windows(project_id, ends_at DESC);

CREATE TABLE gate_policies (
  policy_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  status varchar(10) NOT NULL CHECK (status IN ('draft', 'shadow', 'active', 'retired')),
  policy jsonb NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  activated_at timestamptz,
  UNIQUE (project_id, version)
);
CREATE UNIQUE INDEX uq_gate_policies_active ON gate_policies(project_id) WHERE status = 'active';

CREATE TABLE gate_shadow_decisions (
  shadow_id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  policy_id uuid NOT NULL REFERENCES gate_policies(policy_id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  decided_at timestamptz NOT NULL DEFAULT now(),
  decision varchar(10) NOT NULL CHECK (decision IN ('approved', 'suppressed')),
  actual varchar(10) NOT NULL CHECK (actual IN ('approved', 'suppressed')),
  rule varchar(50) NOT NULL,
  rationale text NOT NULL
);
CREATE INDEX idx_gate_shadow_decisions_policy ON gate_shadow_decisions(policy_id, decided_at DESC, shadow_id DESC);
CREATE INDEX idx_gate_shadow_decisions_incident_id ON gate_shadow_decisions(incident_id);
CREATE INDEX idx_gate_shadow_decisions_project_id ON gate_shadow_decisions(project_id);

-- Who may see what -------------------------------------------------------------------------------------------------------

CALL protect_table('detectors');
CALL protect_table('maintenance_windows');
CALL protect_table('gate_policies');
CALL protect_table('gate_shadow_decisions', may_tenant_write => false);
CALL protect_table('incident_triggers', may_tenant_write => false);
CALL protect_table('telemetry_hours', may_tenant_write => false);
-- What was decided by stays as it was decided by.
REVOKE UPDATE, DELETE ON detectors FROM culprit_tenant;
REVOKE DELETE ON gate_policies FROM culprit_tenant;
ALTER TABLE sentinel_leases ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_policy ON sentinel_leases TO culprit_engine USING (true);
CREATE POLICY reader_policy ON sentinel_leases FOR SELECT USING ((SELECT current_user <> 'culprit_tenant'));
GRANT SELECT, INSERT, UPDATE, DELETE ON sentinel_leases TO culprit_engine;

-- What it means ----------------------------------------------------------------------------------------------------------

COMMENT ON TABLE detectors IS 'Settings of the sentinel''s detectors, a row for each version of each; the newest of a name and service holds. [Culprit]';
COMMENT ON COLUMN detectors.detector_id IS 'Key: a UUID.';
COMMENT ON COLUMN detectors.name IS 'A built-in detector (error-rate, p99, crash-loop, slo-burn, change-point), or the name of one of the project''s own.';
COMMENT ON COLUMN detectors.service IS 'Name of the service that it is set for; empty for all of the project.';
COMMENT ON COLUMN detectors.version IS 'Counts from 1 within name and service.';
COMMENT ON COLUMN detectors.kind IS 'How it looks: error_rate_spike, p99_regression, crashloop, slo_burn_rate, change_point or custom.';
COMMENT ON COLUMN detectors.is_enabled IS 'False where it is switched off.';
COMMENT ON COLUMN detectors.settings IS 'What its kind can be told, complete: thresholds, windows, floors.';
COMMENT ON COLUMN detectors.reason IS 'Why it was set so.';
COMMENT ON COLUMN detectors.set_by IS 'Who set it, in words.';
COMMENT ON TABLE telemetry_hours IS 'How each watched series was at each hour, kept two weeks: the same hour of later days is judged by it. [Culprit]';
COMMENT ON COLUMN telemetry_hours.hour IS 'Beginning of the hour.';
COMMENT ON COLUMN telemetry_hours.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN telemetry_hours.environment IS 'Environment of the series.';
COMMENT ON COLUMN telemetry_hours.route IS 'Route of the series; empty for the whole service.';
COMMENT ON COLUMN telemetry_hours.metric IS 'What was measured: requests, errors or p99.';
COMMENT ON COLUMN telemetry_hours.median IS 'Median of the hour: a second for requests, 0..1 for errors, milliseconds for p99.';
COMMENT ON COLUMN telemetry_hours.points IS 'Steps of the hour that held a value.';
COMMENT ON TABLE sentinel_leases IS 'Which process looks for trouble: one of several. [Culprit]';
COMMENT ON COLUMN sentinel_leases.name IS 'What is leased: sentinel.';
COMMENT ON COLUMN sentinel_leases.holder IS 'The process that has it.';
COMMENT ON COLUMN sentinel_leases.until_at IS 'When another may take it.';
COMMENT ON TABLE incident_triggers IS 'What detectors saw in telemetry, from its beginning to its end, and the incident that it belongs to. [Culprit]';
COMMENT ON COLUMN incident_triggers.trigger_id IS 'Key: a UUID.';
COMMENT ON COLUMN incident_triggers.detector IS 'Name of the detector.';
COMMENT ON COLUMN incident_triggers.trigger_type IS 'error_rate_spike, p99_regression, crashloop or custom.';
COMMENT ON COLUMN incident_triggers.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN incident_triggers.environment IS 'Environment of the series.';
COMMENT ON COLUMN incident_triggers.route IS 'Route of the series; empty for the whole service.';
COMMENT ON COLUMN incident_triggers.status IS 'firing or resolved.';
COMMENT ON COLUMN incident_triggers.is_opener IS 'True where the incident stands because of triggers; false where it joined what errors or alerts had opened.';
COMMENT ON COLUMN incident_triggers.began_at IS 'Since when the condition held, by the clock of the telemetry.';
COMMENT ON COLUMN incident_triggers.fired_at IS 'When the detector was sure.';
COMMENT ON COLUMN incident_triggers.last_seen_at IS 'When the condition last held.';
COMMENT ON COLUMN incident_triggers.quiet_since IS 'Since when it holds no more; null while it does.';
COMMENT ON COLUMN incident_triggers.resolved_at IS 'When it had been quiet for long enough.';
COMMENT ON COLUMN incident_triggers.facts IS 'What was seen: {"text", "value", "threshold", "baseline", "requests_per_minute", "traffic_ratio", "error_ratio", …}.';
COMMENT ON TABLE maintenance_windows IS 'Times in which trouble is expected and nobody wants to be told. [Culprit]';
COMMENT ON COLUMN maintenance_windows.window_id IS 'Key: a UUID.';
COMMENT ON COLUMN maintenance_windows.service IS 'Name of the service; null for all.';
COMMENT ON COLUMN maintenance_windows.environment IS 'Environment; null for all.';
COMMENT ON COLUMN maintenance_windows.starts_at IS 'From when on.';
COMMENT ON COLUMN maintenance_windows.ends_at IS 'Until when; moved to the present when it is ended early.';
COMMENT ON COLUMN maintenance_windows.reason IS 'What is being done.';
COMMENT ON COLUMN maintenance_windows.set_by IS 'Who said so, in words.';
COMMENT ON TABLE gate_policies IS 'Versions of what the gate decides by; the built-in policy where a project has no active one. [Culprit]';
COMMENT ON COLUMN gate_policies.policy_id IS 'Key: a UUID.';
COMMENT ON COLUMN gate_policies.version IS 'Counts from 1 within the project; decisions name it as gate/VERSION.';
COMMENT ON COLUMN gate_policies.status IS 'draft, shadow (decides beside the active one without effect), active (one at most) or retired.';
COMMENT ON COLUMN gate_policies.policy IS 'The rules with their numbers, complete; contract/src/detection-api.ts says which.';
COMMENT ON COLUMN gate_policies.reason IS 'Why it was written.';
COMMENT ON COLUMN gate_policies.set_by IS 'Who wrote it, in words.';
COMMENT ON COLUMN gate_policies.activated_at IS 'When it began to act; null if it never did.';
COMMENT ON TABLE gate_shadow_decisions IS 'What policies in shadow would have decided, beside what was decided. [Culprit]';
COMMENT ON COLUMN gate_shadow_decisions.shadow_id IS 'Key: a UUID.';
COMMENT ON COLUMN gate_shadow_decisions.policy_id IS 'The policy that would have decided.';
COMMENT ON COLUMN gate_shadow_decisions.incident_id IS 'About which incident.';
COMMENT ON COLUMN gate_shadow_decisions.decided_at IS 'When, by the clock of the database.';
COMMENT ON COLUMN gate_shadow_decisions.decision IS 'What it would have decided: approved or suppressed.';
COMMENT ON COLUMN gate_shadow_decisions.actual IS 'What the policy that acts decided: approved or suppressed.';
COMMENT ON COLUMN gate_shadow_decisions.rule IS 'The rule that decided.';
COMMENT ON COLUMN gate_shadow_decisions.rationale IS 'Why, in words for people.';
COMMENT ON COLUMN detectors.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN telemetry_hours.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN incident_triggers.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN maintenance_windows.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN gate_policies.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN gate_shadow_decisions.project_id IS 'The project that it belongs to.';
COMMENT ON COLUMN detectors.created_at IS 'When it was written down, by the clock of the database.';
COMMENT ON COLUMN maintenance_windows.created_at IS 'When it was written down, by the clock of the database.';
COMMENT ON COLUMN gate_policies.created_at IS 'When it was written down, by the clock of the database.';
COMMENT ON COLUMN incident_triggers.incident_id IS 'The incident that it opened or joined.';
COMMENT ON COLUMN incident_occurrences.reason IS 'Why it joined: opened, same_fingerprint, same_trace, same_service, reopened or late.';
