import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";

/** What is kept of a backup that was made, in `upkeep_runs.details`. */
export interface BackupDone {
  readonly folder: string;
  readonly snapshotAt: string;
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
  /** Every file was read back and compared with the manifest. */
  readonly isVerified: boolean;
  readonly isPruned: boolean;
  /** Older ones that were taken away after it. */
  readonly pruned: readonly string[];
}

export interface StandingBackup {
  readonly runId: string;
  readonly folder: string;
  readonly bytes: number;
  readonly finishedAt: Date;
}

/** The verified backups that were not taken away, newest first. */
export async function standingBackups(db: Kysely<DB>): Promise<StandingBackup[]> {
  const { rows } = await sql<StandingBackup>`
    SELECT run_id AS "runId", details->>'folder' AS folder, (details->>'bytes')::bigint AS bytes, finished_at AS "finishedAt"
    FROM upkeep_runs
    WHERE kind = 'backup' AND status = 'completed' AND details @> '{"isVerified": true, "isPruned": false}'
    ORDER BY started_at DESC`.execute(db);
  return rows;
}
