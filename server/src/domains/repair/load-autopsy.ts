import type { Autopsy } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";

/** The run that stands as the current answer about an incident, as it goes over the wire; null before the first. */
export async function loadAutopsy(db: Kysely<DB>, incidentId: string): Promise<Autopsy | null> {
  const { rows } = await sql<Omit<Autopsy, "created_at"> & { created_at: Date }>`
    SELECT u.proposer, u.patch_kind, u.base_commit, u.patch_diff, u.patch_applies, u.test_path, u.test_diff, u.proof,
      u.proof_reason, u.proof_steps, u.isolation, u.duration_ms, u.created_at
    FROM autopsy_results r JOIN autopsy_runs u ON u.id = r.autopsy_run_id
    WHERE r.incident_id = ${incidentId}`.execute(db);
  const row = rows[0];
  return row === undefined ? null : { ...row, created_at: new Date(row.created_at).toISOString() };
}
