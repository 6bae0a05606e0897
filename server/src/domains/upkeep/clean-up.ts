import { sql } from "kysely";
import { type Maintained, maintainDatabase } from "../../platform/db/maintain/maintain-database.ts";
import { type RefreshedView, refreshViews } from "../../platform/db/maintain/refresh-views.ts";
import { deleteAgedRows, type Removed } from "../../platform/db/retention/delete-aged-rows.ts";
import { type RecordedRun, recordRun } from "./record-run.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

/** What was taken away: partitions that were dropped whole, and rows. */
export interface CleanedUp {
  readonly rows: number;
  readonly partitions: readonly string[];
}

/**
 * Takes away logs of executions that are older than the retention: old months whole, then document 3's function for the
 * rest. Null where another process is at it.
 */
export function cleanUpLogs(deps: UpkeepDeps): Promise<RecordedRun<CleanedUp> | null> {
  const { database, settings } = deps;
  return recordRun(deps, "logs", async () => {
    const days = settings.retention.executionLogDays;
    if (days === 0) return { rows: 0, partitions: [] };
    const removed = await deleteAgedRows(database.pool, settings.retention, ["execution_logs"]);
    const { rows } = await sql<{ count: number }>`SELECT cleanup_old_execution_logs(${days}::int) AS count`.execute(
      database.owner,
    );
    return { rows: rows[0]?.count ?? 0, partitions: partitionsOf(removed) };
  });
}

/**
 * Takes away executions of no incident that ended longer ago than the retention says, cancelled ones too, with their
 * steps; those that they were the parent of stay. Null where another process is at it.
 */
export function cleanUpExecutions(deps: UpkeepDeps): Promise<RecordedRun<CleanedUp> | null> {
  const { database, settings } = deps;
  return recordRun(deps, "executions", async () => {
    const removed = await deleteAgedRows(database.pool, settings.retention, ["workflow_executions"]);
    return { rows: removed.reduce((sum, { rows }) => sum + rows, 0), partitions: partitionsOf(removed) };
  });
}

/** Makes the materialised views new. Null where another process is at it. */
export function refreshAllViews(
  deps: UpkeepDeps,
): Promise<RecordedRun<{ readonly refreshed: readonly RefreshedView[] }> | null> {
  return recordRun(deps, "views", async () => ({ refreshed: await refreshViews(deps.database.pool) }));
}

/** What `culprit db maintain` does: partitions ahead, retention, views, statistics. Null where another process is at it. */
export function maintain(
  deps: UpkeepDeps,
  progress: (line: string) => void = () => undefined,
): Promise<RecordedRun<Maintained | { readonly isBusy: true }> | null> {
  const { database, settings } = deps;
  return recordRun(deps, "maintenance", async () => {
    progress("telemetry");
    // Before retention, which drops the points that are rolled up here.
    await deps.telemetry?.maintain(deps.now());
    const done = await maintainDatabase(database, settings.retention, { folder: settings.archiveFolder, progress });
    return done ?? { isBusy: true as const };
  });
}

function partitionsOf(removed: readonly Removed[]): string[] {
  return removed.flatMap(({ partitions }) => partitions);
}
