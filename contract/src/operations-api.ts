import { z } from "zod";
import { listOf, listQuery } from "./list.ts";

/** The API of the installation itself: its database, upkeep, replica, queue and own faults. For signed-in people only. */

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().min(0);
const bytes = count;

/** A table with all its partitions; rows are the server's own counts, exact after ANALYZE only. */
export const tableStatsSchema = z.object({
  schema: z.string(),
  table: z.string(),
  partitions: count,
  rows: count,
  dead_rows: count,
  /** Dead rows for each hundred living ones; null while there are none. */
  dead_percent: z.number().nullable(),
  total_bytes: bytes,
  index_bytes: bytes,
  toast_bytes: bytes,
  vacuumed_at: instant.nullable(),
  analyzed_at: instant.nullable(),
});
export const indexStatsSchema = z.object({
  schema: z.string(),
  table: z.string(),
  index: z.string(),
  scans: count,
  bytes,
  /** It guards a key, so it is needed even if nothing reads it. */
  is_key: z.boolean(),
});
export const slowQuerySchema = z.object({
  query: z.string(),
  calls: count,
  total_ms: z.number(),
  mean_ms: z.number(),
  max_ms: z.number(),
  rows: count,
});
/** A query that was seen at work again and again, where nothing counts queries. */
export const longQuerySchema = z.object({
  query: z.string(),
  /** How often it was seen, and the longest it had run then. */
  seen: count,
  longest_ms: z.number(),
  last_seen_at: instant,
});

/** `GET /api/operations/database`. */
export const databaseStatsSchema = z.object({
  /** `current_database()`. */
  database_name: z.string(),
  version: z.string(),
  database_bytes: bytes,
  /** Since when index scans are counted; null is since the database was made. */
  counted_since: instant.nullable(),
  connections: count,
  active_connections: count,
  connection_limit: count,
  reserved_connections: count,
  tables: z.array(tableStatsSchema),
  /** The busiest first. */
  indexes: z.array(indexStatsSchema),
  unused_indexes: z.array(indexStatsSchema),
  partitions: z.array(
    z.object({
      schema: z.string(),
      table: z.string(),
      partitions: count,
      from: instant.nullable(),
      /** Rows from this instant on have no partition yet; null when there is none at all. */
      until: instant.nullable(),
    }),
  ),
  oldest_transaction: z
    .object({
      pid: z.number().int(),
      application: z.string(),
      state: z.string().nullable(),
      age_s: z.number(),
      query: z.string(),
    })
    .nullable(),
  log_archive: z.object({
    is_on: z.boolean(),
    is_failing: z.boolean(),
    last_archived_at: instant.nullable(),
    last_failed_at: instant.nullable(),
  }),
  /** Null where `pg_stat_statements` does not count; `slow_queries_hint` then says what to do. */
  slow_queries: z.array(slowQuerySchema).nullable(),
  slow_queries_hint: z.string().nullable(),
  /** From samples of what runs; the longest first. */
  long_queries: z.array(longQuerySchema),
  /** Document 3's "Active Executions". */
  active_executions: z.array(
    z.object({ id: z.string(), workflow: z.string(), status: z.string(), started_at: instant, running_s: z.number() }),
  ),
  /** Document 3's "Failed Executions (Last 24h)". */
  failed_executions: z.array(
    z.object({ workflow: z.string(), failure_count: count, error_messages: z.array(z.string()) }),
  ),
});
export type DatabaseStatsReply = z.infer<typeof databaseStatsSchema>;

export const checkKinds = [
  "slow_query",
  "unused_index",
  "dead_rows",
  "bloat",
  "missing_partition",
  "transaction_age",
  "invalid_index",
  "unvalidated_constraint",
  "old_transaction",
  "log_archive",
  "connections",
  "queue_depth",
  "execution_overdue",
  "engine_unhealthy",
] as const;
/** What a check of the database found. */
export const checkFindingSchema = z.object({
  kind: z.enum(checkKinds),
  severity: z.enum(["critical", "high", "medium", "low"]),
  /** What it is about: a table, an index, a query. */
  subject: z.string(),
  title: z.string(),
  detail: z.string(),
  /** What to do, as a command or a sentence. */
  remedy: z.string(),
});
export type CheckFinding = z.infer<typeof checkFindingSchema>;

export const upkeepKinds = ["backup", "check", "maintenance", "logs", "executions", "views"] as const;
export type UpkeepKind = (typeof upkeepKinds)[number];
/** One run of upkeep. `GET /api/operations/runs?kind=…` lists them, newest first. */
export const upkeepRunSchema = z.object({
  id: z.string(),
  kind: z.enum(upkeepKinds),
  status: z.enum(["running", "completed", "failed"]),
  started_at: instant,
  finished_at: instant.nullable(),
  duration_ms: count.nullable(),
  error_message: z.string().nullable(),
  /** In words for people: `412 MB, 1,204,331 rows, verified`. */
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type UpkeepRun = z.infer<typeof upkeepRunSchema>;
export const upkeepRunQuerySchema = z.strictObject({
  kind: z.enum(upkeepKinds).optional(),
  limit: listQuery.limit,
  cursor: listQuery.cursor,
});
export const upkeepRunListSchema = listOf(upkeepRunSchema);
export type UpkeepRunList = z.infer<typeof upkeepRunListSchema>;

/** A backup and what became of its folder. */
export const backupSchema = z.object({
  id: z.string(),
  status: z.enum(["running", "completed", "failed"]),
  started_at: instant,
  finished_at: instant.nullable(),
  folder: z.string().nullable(),
  rows: count.nullable(),
  bytes: bytes.nullable(),
  /** Read back and compared with its own manifest. */
  is_verified: z.boolean(),
  /** The folder was taken away because newer verified ones stand. */
  is_pruned: z.boolean(),
  error_message: z.string().nullable(),
});

/** Something that Culprit does by itself at certain times. */
export const scheduleSchema = z.object({
  name: z.string(),
  /** What it does, for people. */
  summary: z.string(),
  cron: z.string(),
  timezone: z.string(),
  /** Who starts it: the workflow engine, or `pg_cron` in the database. Never both. */
  owner: z.enum(["engine", "pg_cron"]),
  /** Why that one. */
  owner_reason: z.string(),
  /** The built-in workflow, to look at and to run by hand. */
  workflow_id: z.string().nullable(),
  is_enabled: z.boolean(),
  next_run_at: instant.nullable(),
  last_run_at: instant.nullable(),
  last_status: z.string().nullable(),
  last_execution_id: z.string().nullable(),
  last_message: z.string().nullable(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const ownFaultSchema = z.object({
  incident_id: z.string(),
  /** `backup_failed`, `integration_unhealthy` … */
  kind: z.string(),
  title: z.string(),
  detail: z.string(),
  severity: z.enum(["critical", "high", "medium", "low"]),
  status: z.string(),
  /** Null: the installation's own. */
  project_id: z.string().nullable(),
  since: instant,
  last_seen_at: instant,
  times: count,
});
export type OwnFaultReply = z.infer<typeof ownFaultSchema>;

export const replicaStates = ["off", "in_use", "behind", "unreachable"] as const;
/** The read replica of `DATABASE_REPLICA_URL`. Reads go to the primary unless it is `in_use`. */
export const replicaSchema = z.object({
  state: z.enum(replicaStates),
  /** In words; null while it is off or in use. */
  reason: z.string().nullable(),
  lag_ms: z.number().nullable(),
  lag_max_ms: z.number(),
  checked_at: instant.nullable(),
  /** Since the start of this process. */
  reads: count,
  fallbacks: count,
});
export type ReplicaState = z.infer<typeof replicaSchema>;

/** `GET /api/operations`: everything that the page shows at once. */
export const operationsSchema = z.object({
  version: z.string(),
  started_at: instant,
  /** The project that upkeep's executions and the installation's own faults lie in. */
  house_project_id: z.string(),
  database: z.object({ name: z.string(), version: z.string(), bytes, is_embedded: z.boolean() }),
  replica: replicaSchema,
  queue: z.object({
    /** Jobs that wait and are due, by name. */
    waiting: z.record(z.string(), count),
    /** Executions that wait to be taken up or work. */
    pending_executions: count,
    running_executions: count,
    waiting_executions: count,
    /** How long the oldest execution that is due has waited; null while none is. */
    oldest_due_s: z.number().nullable(),
    events_waiting: count,
    deliveries_unsettled: count,
  }),
  schedules: z.array(scheduleSchema),
  /** Newest first, at most ten. */
  backups: z.array(backupSchema),
  last_check: z.object({ run: upkeepRunSchema, findings: z.array(checkFindingSchema) }).nullable(),
  faults: z.array(ownFaultSchema),
  deadman: z.object({
    is_on: z.boolean(),
    last_sent_at: instant.nullable(),
    /** Why none is sent at the moment; null while it is, or while it is off. */
    withheld_reason: z.string().nullable(),
    every_s: z.number(),
  }),
});
export type Operations = z.infer<typeof operationsSchema>;

/** `POST /api/operations/check` answers with one. */
export const databaseCheckSchema = z.object({ run_id: z.string(), findings: z.array(checkFindingSchema) });
export type DatabaseCheckReply = z.infer<typeof databaseCheckSchema>;
