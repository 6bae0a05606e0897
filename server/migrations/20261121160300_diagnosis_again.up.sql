-- Deployments that none were. Older versions stored one for the first revision that a service was seen with, and a second row where two
-- senders told of a new one at once: nothing is known to have run before the first, and no span of the timeline began with the second.
DELETE FROM deployment_events d WHERE d.origin = 'observed' AND NOT EXISTS (
  SELECT FROM service_revisions began JOIN service_revisions earlier
    ON earlier.service_id = began.service_id AND earlier.environment = began.environment AND earlier.from_at < began.from_at
  WHERE began.deployment_event_id = d.deployment_event_id);

-- Two revisions that both keep sending are one rollout, however long it takes.
ALTER TABLE service_revisions ADD COLUMN last_seen_at timestamptz;
COMMENT ON COLUMN service_revisions.last_seen_at IS 'When telemetry last named it, to a few minutes; null where none did since it began. [Culprit]';
