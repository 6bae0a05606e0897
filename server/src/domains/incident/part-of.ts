import { sql } from "kysely";

/**
 * Query of the incident into which `i` was merged, as `IncidentRef`; none where it was not, or where that one is gone. The name is read before the join:
 * under row-level security an index is used only for what PostgreSQL knows to be leakproof, and reading JSON is not.
 */
export const partOf = sql`SELECT jsonb_build_object('id', o.incident_id, 'title', o.title)
    FROM (SELECT d.details ->> 'merged_into' AS merged_into FROM incident_decisions d
      WHERE d.incident_id = i.id AND d.details ? 'merged_into' ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1) AS last_merge
    JOIN incidents o ON o.incident_id = last_merge.merged_into AND o.project_id = i.project_id`;
