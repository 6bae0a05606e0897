import { IS_OWN } from "../own-schemas.ts";

/*
 * The documents' queries (documented-queries.ts) as `culprit db stats` asks them: numbers instead of pretty text, all of
 * Culprit's schemas, and a partitioned table counted as one, the sum of its partitions.
 */

export const SERVER = `
select current_database() as "databaseName", current_setting('server_version') as version,
  pg_database_size(current_database()) as "databaseBytes",
  (select stats_reset from pg_stat_database where datname = current_database()) as "countedSince",
  (select count(*) from pg_stat_activity where backend_type = 'client backend') as "connections",
  (select count(*) from pg_stat_activity where backend_type = 'client backend' and state = 'active') as "activeConnections",
  current_setting('max_connections')::int as "connectionLimit",
  current_setting('superuser_reserved_connections')::int as "reservedConnections"`;

export const TABLES = `
with leaf as (
  select c.oid, coalesce(pg_partition_root(c.oid), c.oid) as root
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and ${IS_OWN})
select n.nspname as schema, c.relname as table, (count(*) filter (where leaf.oid <> leaf.root))::int as partitions,
  sum(coalesce(s.n_live_tup, 0))::bigint as rows, sum(coalesce(s.n_dead_tup, 0))::bigint as "deadRows",
  round(sum(s.n_dead_tup)::numeric / nullif(sum(s.n_live_tup), 0)::numeric * 100, 2) as "deadPercent",
  sum(pg_total_relation_size(leaf.oid))::bigint as "totalBytes", sum(pg_indexes_size(leaf.oid))::bigint as "indexBytes",
  sum(coalesce(pg_total_relation_size(nullif(l.reltoastrelid, 0)), 0))::bigint as "toastBytes",
  max(greatest(s.last_vacuum, s.last_autovacuum)) as "vacuumedAt", max(greatest(s.last_analyze, s.last_autoanalyze)) as "analyzedAt"
from leaf join pg_class l on l.oid = leaf.oid join pg_class c on c.oid = leaf.root join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_all_tables s on s.relid = leaf.oid
group by n.nspname, c.relname order by "totalBytes" desc, 1, 2`;

/** An index that guards a key is never called unused. */
export const INDEXES = `
select n.nspname as schema, t.relname as table, root.relname as index, sum(s.idx_scan)::bigint as scans,
  sum(s.idx_tup_read)::bigint as "rowsRead", sum(pg_relation_size(s.indexrelid))::bigint as bytes,
  bool_or(i.indisunique or i.indisexclusion) as "isKey"
from pg_stat_user_indexes s
join pg_index i on i.indexrelid = s.indexrelid
join pg_class root on root.oid = coalesce(pg_partition_root(s.indexrelid), s.indexrelid)
join pg_class t on t.oid = coalesce(pg_partition_root(s.relid), s.relid)
join pg_namespace n on n.oid = t.relnamespace
where n.nspname = any($1)
group by n.nspname, t.relname, root.relname order by scans desc, bytes desc, 3`;

export const PARTITIONS = `
select n.nspname as schema, p.relname as table, c.relname as partition, pg_get_expr(c.relpartbound, c.oid) as bound
from pg_class p join pg_namespace n on n.oid = p.relnamespace
left join (pg_inherits h join pg_class c on c.oid = h.inhrelid) on h.inhparent = p.oid
where p.relkind = 'p' and n.nspname = any($1) order by 1, 2, 3`;

export const LOG_ARCHIVE = `
select current_setting('archive_mode') <> 'off' as "isOn", last_archived_time as "lastArchivedAt", last_failed_time as "lastFailedAt",
  coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as "isFailing"
from pg_stat_archiver`;

export const OLDEST_TRANSACTION = `
select pid, application_name as application, state, extract(epoch from now() - xact_start)::float8 as "ageS", left(query, 200) as query
from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() and datname = current_database()
order by xact_start limit 1`;

export const STATEMENTS_STATE = `
select (select format('%I', n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_stat_statements') as schema,
  exists (select 1 from pg_available_extensions where name = 'pg_stat_statements') as "isAvailable",
  case when pg_has_role(current_user, 'pg_read_all_settings', 'usage') then current_setting('shared_preload_libraries') end as libraries`;

export function slowQueries(schema: string): string {
  return `
select s.query, s.calls, s.total_exec_time as "totalMs", s.mean_exec_time as "meanMs", s.max_exec_time as "maxMs", s.rows
from ${schema}.pg_stat_statements s join pg_database d on d.oid = s.dbid and d.datname = current_database()
order by s.mean_exec_time desc limit 10`;
}
