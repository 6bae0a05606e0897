/** A schedule of upkeep that document 3 gives to pg_cron: what the database itself runs where that extension is there. */
export interface CronJob {
  readonly name: string;
  readonly cron: string;
  readonly command: (days: { readonly executionLogDays: number; readonly incidentDays: number }) => string | null;
}

/** Names of jobs and of the built-in workflows that do the same. */
export const CRON_JOBS: readonly CronJob[] = [
  {
    name: "cleanup-old-logs",
    cron: "0 2 * * *",
    command: ({ executionLogDays: days }) => (days === 0 ? null : `SELECT cleanup_old_execution_logs(${days})`),
  },
  {
    name: "cleanup-old-executions",
    cron: "0 3 * * 0",
    command: ({ incidentDays: days }) =>
      days === 0
        ? null
        : `DELETE FROM workflow_executions WHERE incident_id IS NULL AND status IN ('completed', 'failed', 'timeout', 'cancelled') AND completed_at < now() - INTERVAL '${days} days'`,
  },
];

/** Built-in workflows that keep the installation up and watch it, in the order in which they are shown. */
export const UPKEEP_WORKFLOWS = [
  "backup",
  "cleanup-old-logs",
  "cleanup-old-executions",
  "maintain-database",
  "refresh-views",
  "check-database",
  "watch-incident-spike",
  "watch-unused-keys",
  "watch-failed-auth",
] as const;
