/** For how many days each kind of row is kept; 0 is for ever. */
export interface RetentionPolicy {
  readonly incidentDays: number;
  readonly executionLogDays: number;
  readonly telemetryDays: number;
  /** Metrics in steps of five minutes, and of an hour. */
  readonly rollup5mDays: number;
  readonly rollup1hDays: number;
  readonly eventIdDays: number;
}

/** Rows that go by age alone: the table, its time column, the days it is kept, and which of its rows are meant. */
export interface AgedTable {
  readonly table: string;
  readonly column: string;
  readonly days: (policy: RetentionPolicy) => number;
  /** SQL that further limits what may go. */
  readonly only?: string;
}

/**
 * What goes by age, besides incidents and their occurrences (archive/). A table that this schema lacks is passed over, and
 * where one is partitioned its old partitions are dropped whole.
 */
export const AGED_TABLES: readonly AgedTable[] = [
  { table: "execution_logs", column: "created_at", days: ({ executionLogDays }) => executionLogDays },
  {
    table: "workflow_executions",
    column: "completed_at",
    days: ({ incidentDays }) => incidentDays,
    // Those of an incident go with it, by its archive.
    only: "incident_id is null and status in ('completed', 'failed', 'timeout', 'cancelled')",
  },
  ...["anomaly_features", "spans", "log_records"].map(
    (table): AgedTable => ({ table, column: "ts", days: ({ telemetryDays }) => telemetryDays }),
  ),
  { table: "metric_blocks", column: "hour", days: ({ telemetryDays }) => telemetryDays },
  { table: "metric_rollups_5m", column: "day", days: ({ rollup5mDays }) => rollup5mDays },
  { table: "metric_rollups_1h", column: "day", days: ({ rollup1hDays }) => rollup1hDays },
  { table: "metric_days", column: "day", days: ({ telemetryDays }) => telemetryDays },
  {
    table: "metric_series",
    column: "last_day",
    // Where one tier is kept for ever, so are the names of its series.
    days: (policy) => {
      const tiers = [policy.telemetryDays, policy.rollup5mDays, policy.rollup1hDays];
      return tiers.includes(0) ? 0 : Math.max(...tiers) + 31;
    },
  },
  { table: "trigger_ledger", column: "created_at", days: ({ executionLogDays }) => executionLogDays },
  { table: "trigger_counts", column: "hour", days: ({ incidentDays }) => incidentDays },
  {
    table: "workflow_events",
    column: "created_at",
    // With their payloads they are the telemetry of the engine; what they started keeps its own copy.
    days: ({ telemetryDays }) => telemetryDays,
    only: "matched_at is not null",
  },
  {
    table: "integration_events",
    column: "created_at",
    days: ({ incidentDays }) => incidentDays,
    only: "status in ('completed', 'failed', 'ignored')",
  },
  {
    table: "deliveries",
    column: "created_at",
    days: ({ incidentDays }) => incidentDays,
    // Those of an incident go with it; an unknown one waits for a person.
    only: "incident_id is null and status in ('sent', 'failed', 'cancelled')",
  },
  // A call may be sent again for twice the longest replay window, a day.
  { table: "webhook_calls", column: "created_at", days: ({ eventIdDays }) => Math.max(eventIdDays, 2) },
  { table: "callback_uses", column: "used_at", days: ({ incidentDays }) => incidentDays },
  { table: "auth_failures", column: "hour", days: ({ executionLogDays }) => executionLogDays },
  {
    table: "upkeep_runs",
    column: "started_at",
    days: ({ incidentDays }) => incidentDays,
    // What was backed up is known for as long as the copy stands.
    only: "kind <> 'backup'",
  },
  { table: "event_ids", column: "received_at", days: ({ eventIdDays }) => eventIdDays },
];
