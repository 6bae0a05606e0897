/**
 * The catalogue queries that the schema documents print, with the column names that PostgreSQL 15 and later have:
 * `pg_stat_user_indexes` and `pg_stat_user_tables` say `relname` and `indexrelname` (not `tablename`, `indexname`), and
 * `pg_stat_statements` says `total_exec_time`, `mean_exec_time`, `max_exec_time` (not `total_time` …).
 */
export const documentedQueries = {
  indexUsage: `SELECT schemaname, relname, indexrelname, idx_scan, idx_tup_read, idx_tup_fetch
FROM pg_stat_user_indexes WHERE schemaname = 'public' ORDER BY idx_scan DESC`,
  tableSizes: `SELECT tablename, pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size
FROM pg_tables WHERE schemaname = 'public' ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC`,
  activeConnections: "SELECT count(*) FROM pg_stat_activity",
  slowQueries: `SELECT query, calls, total_exec_time, mean_exec_time, max_exec_time
FROM pg_stat_statements ORDER BY mean_exec_time DESC LIMIT 10`,
  tableBloat: `SELECT relname, pg_size_pretty(pg_total_relation_size(relid)) as size, n_dead_tup, n_live_tup,
ROUND(n_dead_tup::numeric / NULLIF(n_live_tup, 0)::numeric * 100, 2) as dead_ratio
FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY n_dead_tup DESC`,
  databaseSize: "SELECT pg_size_pretty(pg_database_size(current_database())) AS database_size",
} as const;
