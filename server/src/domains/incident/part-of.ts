import { sql } from "kysely";

/** Merges that follow each other: of what was merged, into what that was merged, and so on. */
const HOPS_MAX = 10;

/**
 * Query of the incident that goes on with what `i` was merged into, through all merges since, as `IncidentRef`; none where it was not, or where that one is gone.
 * A name is read before it is joined: under row-level security an index is used only for what PostgreSQL knows to be leakproof, and reading JSON is not.
 */
export const partOf = sql`SELECT jsonb_build_object('id', whole.incident_id, 'title', whole.title) FROM (
    WITH RECURSIVE chain(id, incident_id, title, hops) AS (
      SELECT i.id, NULL::text, NULL::text, 0
      UNION ALL
      SELECT o.id, o.incident_id::text, o.title::text, chain.hops + 1 FROM chain CROSS JOIN LATERAL (
        SELECT d.details ->> 'merged_into' AS merged_into FROM incident_decisions d
        WHERE d.incident_id = chain.id AND d.details ? 'merged_into' ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1) AS last_merge
      JOIN incidents o ON o.incident_id = last_merge.merged_into AND o.project_id = i.project_id
      WHERE chain.hops < ${HOPS_MAX})
    SELECT incident_id, title FROM chain WHERE hops > 0 ORDER BY hops DESC LIMIT 1) AS whole`;
