import { IS_OWN } from "../own-schemas.ts";

/** What the check of the database asks beyond `readStats`. */

/** Indexes that a failed CREATE INDEX CONCURRENTLY or REINDEX left: they cost at every write and serve no query. */
export const INVALID_INDEXES = `
select format('%I.%I', n.nspname, c.relname) as index, i.indrelid::regclass::text as table
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
where not (i.indisvalid and i.indisready) and c.relkind = 'i' and ${IS_OWN}
  and not exists (select 1 from pg_stat_progress_create_index p where p.index_relid = i.indexrelid) order by 1`;

export const UNVALIDATED_CONSTRAINTS = `
select k.conname as constraint, k.conrelid::regclass::text as table
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where not k.convalidated and k.contype in ('c', 'f') and ${IS_OWN} order by 2, 1`;

/** Until a database of that age is vacuumed, PostgreSQL at last refuses to write (at 2^31 transactions). */
export const TRANSACTION_AGE = `
select age(datfrozenxid)::float8 as age, mxid_age(datminmxid)::float8 as "multiAge" from pg_database where datname = current_database()`;

/**
 * How much of a table is room that no row fills, from the statistics of ANALYZE: 23 bytes of a row's header padded to 24,
 * 4 of its pointer, the average width of its columns, 24 of a page's header. An estimate: alignment is left out.
 */
export const BLOAT = `
select format('%I.%I', n.nspname, c.relname) as table, c.relpages::float8 * current_setting('block_size')::int as bytes,
  greatest(0, c.relpages - ceil(c.reltuples * (28 + w.width) * 100 / coalesce(f.fillfactor, 100) / (current_setting('block_size')::int - 24)))::float8
    * current_setting('block_size')::int as "wastedBytes"
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join lateral (select sum(s.avg_width * (1 - s.null_frac)) as width from pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname) w on w.width is not null
left join lateral (select (regexp_match(o, '^fillfactor=(\\d+)$'))[1]::int as fillfactor from unnest(c.reloptions) o where o like 'fillfactor=%') f on true
where c.relkind = 'r' and c.reltuples > 0 and ${IS_OWN} order by 3 desc`;
