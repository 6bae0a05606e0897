import { type RawBuilder, sql } from "kysely";

/**
 * Whether a row `d` of `deployment_events` is a deployment: it was reported, or took the place of what is known to have run before. What nothing ran before
 * was running for all that is known, and what no span began with is another row's twin; older versions stored both.
 */
export const isDeployment: RawBuilder<boolean> = sql<boolean>`(d.origin = 'reported' OR EXISTS (
  SELECT 1 FROM service_revisions began JOIN service_revisions earlier
    ON earlier.service_id = began.service_id AND earlier.environment = began.environment AND earlier.from_at < began.from_at
  WHERE began.deployment_event_id = d.deployment_event_id))`;
