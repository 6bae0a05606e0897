import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import { IS_OWN, OWN_SCHEMAS } from "../own-schemas.ts";

const WATCH_MS = 1_000;

/** What one VACUUM ANALYZE did. */
export interface VacuumedTable {
  readonly table: string;
  readonly deadRowsBefore: number;
  readonly deadRowsAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly durationMs: number;
}

/**
 * VACUUM ANALYZE of these tables, or of all of Culprit's; a partitioned one with its partitions. Readers and writers go
 * on meanwhile. `progress` hears a line for each table, and each second how far a long one is.
 * @throws CulpritError NOT_FOUND for a table that does not exist, before anything was done.
 */
export async function vacuumTables(
  pool: pg.Pool,
  names: readonly string[],
  progress: (line: string) => void,
): Promise<VacuumedTable[]> {
  const tables = await findTables(pool, names);
  const done: VacuumedTable[] = [];
  for (const [index, table] of tables.entries()) {
    progress(`vacuum ${index + 1}/${tables.length} ${table}`);
    const before = await measure(pool, table);
    const startedAt = performance.now();
    await vacuumOne(pool, table, progress);
    const durationMs = Math.round(performance.now() - startedAt);
    const after = await measure(pool, table);
    done.push({
      table,
      deadRowsBefore: before.dead,
      deadRowsAfter: after.dead,
      bytesBefore: before.bytes,
      bytesAfter: after.bytes,
      durationMs,
    });
  }
  return done;
}

/** The names of Culprit's tables, as SQL takes them; the named ones, or all. */
async function findTables(pool: pg.Pool, names: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ schema: string; table: string; quoted: string }>(
    `select n.nspname as schema, c.relname as table, format('%I.%I', n.nspname, c.relname) as quoted
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and (not c.relispartition or cardinality($2::text[]) > 0) and ${IS_OWN} order by 3`,
    [OWN_SCHEMAS, names],
  );
  if (names.length === 0) return rows.map(({ quoted }) => quoted);
  return names.map((name) => {
    const found = rows.find(
      ({ schema, table }) => name === `${schema}.${table}` || (schema === "public" && name === table),
    );
    if (found !== undefined) return found.quoted;
    throw new CulpritError(
      "NOT_FOUND",
      `There is no table ${JSON.stringify(name)} of Culprit in this database. \`culprit db stats\` lists them; a view has nothing to vacuum.`,
      { details: { field: "TABLE", provided: name } },
    );
  });
}

async function vacuumOne(pool: pg.Pool, table: string, progress: (line: string) => void): Promise<void> {
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const watch = setInterval(() => void reportProgress(pool, rows[0]?.pid ?? 0, progress), WATCH_MS);
  try {
    // VACUUM takes no transaction, so this cannot be SET LOCAL; the connection is closed afterwards.
    await client.query("set statement_timeout = 0");
    await client.query(`vacuum (analyze) ${table}`);
  } finally {
    clearInterval(watch);
    client.release(true);
  }
}

async function reportProgress(pool: pg.Pool, pid: number, progress: (line: string) => void): Promise<void> {
  const { rows } = await pool
    .query<{ table: string; phase: string; percent: number | null }>(
      `select relid::regclass::text as table, phase, round(100.0 * heap_blks_scanned / nullif(heap_blks_total, 0)) as percent
       from pg_stat_progress_vacuum where pid = $1`,
      [pid],
    )
    // Progress is a courtesy: a fault here is not one of the vacuum.
    .catch(() => ({ rows: [] }));
  for (const { table, phase, percent } of rows)
    progress(`  ${table}: ${phase}${percent === null ? "" : `, ${percent} %`}`);
}

async function measure(pool: pg.Pool, table: string): Promise<{ dead: number; bytes: number }> {
  const { rows } = await pool.query<{ dead: number; bytes: number }>(
    `select coalesce(sum(s.n_dead_tup), 0)::bigint as dead, coalesce(sum(pg_total_relation_size(found.oid)), 0)::bigint as bytes
     from (select $1::regclass::oid as oid union select relid from pg_partition_tree($1::regclass)) found
     left join pg_stat_all_tables s on s.relid = found.oid`,
    [table],
  );
  return { dead: rows[0]?.dead ?? 0, bytes: rows[0]?.bytes ?? 0 };
}
