import { type Kysely, sql } from "kysely";
import type { Handover } from "../../analysis/report/write-incident-document.ts";
import type { DB } from "../../platform/db/tables.generated.ts";

/** What the current autopsy of an incident hands over to people and tools; null before the first. */
export async function loadHandover(db: Kysely<DB>, incidentId: string): Promise<Handover | null> {
  const { rows } = await sql<Handover>`
    SELECT root_cause AS "rootCause", ai_fix_prompt AS prompt, manual_steps AS steps, confidence_score AS confidence, model_used AS model
    FROM autopsy_results WHERE incident_id = ${incidentId}`.execute(db);
  return rows[0] ?? null;
}
