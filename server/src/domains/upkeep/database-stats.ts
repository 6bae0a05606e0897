import type { DatabaseStatsReply } from "@culprit/contract";
import { sql } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import { type DatabaseStats, type IndexStats, readStats } from "../../platform/db/stats/read-stats.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

const DAY_MS = 86_400_000;
const INDEXES_SHOWN = 20;
const at = (date: Date | null) => date?.toISOString() ?? null;

/** The statistics of the database and document 3's monitoring queries, as the API shows them. */
export async function databaseStats({
  database,
  sampler,
  now,
}: Pick<UpkeepDeps, "database" | "sampler" | "now">): Promise<DatabaseStatsReply> {
  const [stats, executions] = await Promise.all([readStats(database.pool), executionsNow(database)]);
  return {
    ...serverReply(stats),
    ...tablesReply(stats),
    slow_queries:
      stats.slowQueries?.map(({ query, calls, totalMs, meanMs, maxMs, rows }) => ({
        ...{ query, calls, rows, total_ms: totalMs, mean_ms: meanMs, max_ms: maxMs },
      })) ?? null,
    slow_queries_hint: stats.slowQueriesHint,
    long_queries: (sampler?.since(new Date(now().getTime() - DAY_MS)) ?? []).map(
      ({ query, seen, longestMs, lastSeenAt }) => ({
        ...{ query, seen, longest_ms: longestMs, last_seen_at: lastSeenAt.toISOString() },
      }),
    ),
    ...executions,
  };
}

function serverReply(stats: DatabaseStats) {
  const { oldestTransaction: oldest, logArchive } = stats;
  return {
    ...{ database_name: stats.databaseName, version: stats.version, database_bytes: stats.databaseBytes },
    ...{ counted_since: at(stats.countedSince), connections: stats.connections },
    ...{ active_connections: stats.activeConnections, connection_limit: stats.connectionLimit },
    reserved_connections: stats.reservedConnections,
    oldest_transaction:
      oldest === null
        ? null
        : {
            pid: oldest.pid,
            application: oldest.application,
            state: oldest.state,
            age_s: oldest.ageS,
            query: oldest.query,
          },
    log_archive: {
      ...{ is_on: logArchive.isOn, is_failing: logArchive.isFailing },
      ...{ last_archived_at: at(logArchive.lastArchivedAt), last_failed_at: at(logArchive.lastFailedAt) },
    },
  };
}

function tablesReply({ tables, indexes, unusedIndexes, partitions }: DatabaseStats) {
  const index = ({ schema, table, index: name, scans, bytes, isKey }: IndexStats) => ({
    ...{ schema, table, index: name, scans, bytes, is_key: isKey },
  });
  return {
    tables: tables.map((one) => ({
      ...{ schema: one.schema, table: one.table, partitions: one.partitions, rows: one.rows },
      ...{ dead_rows: one.deadRows, dead_percent: one.deadPercent, total_bytes: one.totalBytes },
      ...{ index_bytes: one.indexBytes, toast_bytes: one.toastBytes },
      ...{ vacuumed_at: at(one.vacuumedAt), analyzed_at: at(one.analyzedAt) },
    })),
    indexes: indexes.slice(0, INDEXES_SHOWN).map(index),
    unused_indexes: [...unusedIndexes].sort((a, b) => b.bytes - a.bytes).map(index),
    partitions: partitions.map(({ schema, table, partitions: count, from, until }) => ({
      ...{ schema, table, partitions: count, from: at(from), until: at(until) },
    })),
  };
}

async function executionsNow({
  db,
}: Database): Promise<Pick<DatabaseStatsReply, "active_executions" | "failed_executions">> {
  const { rows: active } = await sql<{ id: string; workflow: string; status: string; at: Date; s: number }>`
    SELECT e.execution_id AS id, w.name AS workflow, e.status, e.started_at AS at, extract(epoch FROM now() - e.started_at)::float8 AS s
    FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
    WHERE e.status = 'running' ORDER BY e.started_at LIMIT 100`.execute(db);
  const { rows: failed } = await sql<{ workflow: string; count: number; errors: string[] | null }>`
    SELECT w.name AS workflow, count(*)::int AS count, (array_agg(DISTINCT left(e.error_message, 500)) FILTER (WHERE e.error_message IS NOT NULL))[1:10] AS errors
    FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
    WHERE e.status = 'failed' AND e.started_at > now() - interval '24 hours' GROUP BY w.name ORDER BY 2 DESC`.execute(
    db,
  );
  return {
    active_executions: active.map(({ id, workflow, status, at: startedAt, s }) => ({
      ...{ id, workflow, status, started_at: startedAt.toISOString(), running_s: s },
    })),
    failed_executions: failed.map(({ workflow, count, errors }) => ({
      ...{ workflow, failure_count: count, error_messages: errors ?? [] },
    })),
  };
}
