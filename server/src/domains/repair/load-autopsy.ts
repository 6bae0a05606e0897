import type { Autopsy } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { Handover } from "../../analysis/report/write-incident-document.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { outdatedBy } from "./outdated-by.ts";

/** The run that stands as the current answer about an incident, as it goes over the wire; null before the first. */
export async function loadAutopsy(db: Kysely<DB>, incidentId: string): Promise<Autopsy | null> {
  const { rows } = await sql<Omit<Autopsy, "created_at"> & { created_at: Date }>`
    SELECT u.proposer, u.patch_kind, u.base_commit, u.patch_diff, u.patch_applies, u.test_path, u.test_diff, u.proof,
      u.proof_reason, u.proof_steps, u.isolation, u.duration_ms, u.created_at
    FROM autopsy_results r JOIN autopsy_runs u ON u.id = r.autopsy_run_id
    WHERE r.incident_id = ${incidentId}`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const at = new Date(row.created_at);
  return { ...row, ...(await outdatedBy(db, incidentId, at)), created_at: at.toISOString() };
}

/** What the current answer about an incident hands over to people and tools; null before the first. */
export async function loadHandover(db: Kysely<DB>, incidentId: string): Promise<Handover | null> {
  const { rows } = await sql<Handover>`
    SELECT root_cause AS "rootCause", ai_fix_prompt AS prompt, manual_steps AS steps, confidence_score AS confidence, model_used AS model
    FROM autopsy_results WHERE incident_id = ${incidentId}`.execute(db);
  return rows[0] ?? null;
}
