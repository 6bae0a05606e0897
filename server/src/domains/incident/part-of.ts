import { sql } from "kysely";

/** Query of the incident into which `i` was merged, as `IncidentRef`; none where it was not, or where that one is gone. */
export const partOf = sql`SELECT jsonb_build_object('id', o.incident_id, 'title', o.title) FROM incident_decisions d
    JOIN incidents o ON o.incident_id = d.details ->> 'merged_into' AND o.project_id = i.project_id
    WHERE d.incident_id = i.id AND d.details ? 'merged_into' ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1`;
