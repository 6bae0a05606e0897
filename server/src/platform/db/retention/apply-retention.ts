import type pg from "pg";
import { type Archived, archiveIncidents } from "../archive/archive-incidents.ts";
import { type ArchivedPartitions, archivePartitions } from "../archive/archive-partitions.ts";
import { cutBefore, deleteAgedRows, type Removed } from "./delete-aged-rows.ts";
import type { RetentionPolicy } from "./retention-policy.ts";

/** What retention did. */
export interface RetentionResult {
  /** Null where incidents are kept for ever. */
  readonly incidents: Archived | null;
  readonly occurrences: ArchivedPartitions | null;
  readonly removed: readonly Removed[];
}

/**
 * Takes away what the policy no longer keeps: incidents and occurrences after they are archived to `folder`, the rest by age.
 * Ends with ANALYZE of what it touched. Idempotent; one caller at a time (`withMaintenanceLock`).
 */
export async function applyRetention(
  pool: pg.Pool,
  policy: RetentionPolicy,
  { folder, progress }: { readonly folder: string; readonly progress: (line: string) => void },
): Promise<RetentionResult> {
  let incidents: Archived | null = null;
  let occurrences: ArchivedPartitions | null = null;
  if (policy.incidentDays > 0) {
    const options = { before: await cutBefore(pool, policy.incidentDays), folder, isKept: false, progress };
    incidents = await archiveIncidents(pool, options);
    occurrences = await archivePartitions(pool, options);
  }
  const removed = await deleteAgedRows(pool, policy);
  const touched = removed.map(({ table }) => table);
  if ((incidents?.deleted ?? 0) > 0) touched.push("incidents", "autopsy_results");
  if ((occurrences?.partitions.length ?? 0) > 0) touched.push("incident_occurrences");
  for (const table of touched) await pool.query(`analyze ${table}`);
  return { incidents, occurrences, removed };
}
