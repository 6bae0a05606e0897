import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";

/** What was last decided about an incident of a project, and why; null while nobody has. */
export async function newestDecision(
  db: Kysely<DB>,
  { incidentId, projectId }: { readonly incidentId: string; readonly projectId: string },
): Promise<{ readonly decision: string; readonly rationale: string } | null> {
  const { rows } = await sql<{ decision: string; rationale: string }>`
    SELECT decision, rationale FROM incident_decisions WHERE incident_id = ${incidentId} AND project_id = ${projectId}
    ORDER BY decided_at DESC, decision_id DESC LIMIT 1`.execute(db);
  return rows[0] ?? null;
}
