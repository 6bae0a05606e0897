import { sql } from "kysely";
import { clearOwnFault, reportOwnFault } from "../incident/index.ts";
import { standingBackups } from "./backup-records.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

/** A night may be missed, as by a restart; two may not. */
const OVERDUE_MS = 50 * 3_600_000;

/**
 * Looks whether there is a verified backup that is young enough; where not, a fault of Culprit's own stands. Nothing is
 * asked of an installation that is younger than that, or that makes no backups by itself.
 */
export async function watchBackups(deps: UpkeepDeps): Promise<{ readonly isMissing: boolean }> {
  const fault = { projectId: null, kind: "backup_missed", fingerprint: "backup" };
  const { database, settings, now } = deps;
  const newest = (await standingBackups(database.db))[0];
  const { rows } = await sql<{ since: Date | null }>`SELECT min(applied_at) AS since FROM schema_migrations`.execute(
    database.owner,
  );
  const lastAt = newest?.finishedAt ?? rows[0]?.since ?? now();
  const isMissing = settings.backupKeep > 0 && now().getTime() - lastAt.getTime() > OVERDUE_MS;
  if (!isMissing) await clearOwnFault(deps, fault);
  else
    await reportOwnFault(deps, {
      ...fault,
      title: "There is no young backup",
      detail:
        newest === undefined
          ? `No verified backup stands in ${settings.backupFolder}. Run \`culprit backup TO\`, and see why the workflow \`backup\` does not run.`
          : `The newest verified backup is of ${newest.finishedAt.toISOString()}. Run \`culprit backup TO\`, and see why the workflow \`backup\` does not run.`,
      severity: "high",
    });
  return { isMissing };
}
