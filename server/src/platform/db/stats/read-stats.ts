import type pg from "pg";
import { OWN_SCHEMAS } from "../own-schemas.ts";
import {
  INDEXES,
  LOG_ARCHIVE,
  OLDEST_TRANSACTION,
  PARTITIONS,
  SERVER,
  STATEMENTS_STATE,
  slowQueries,
  TABLES,
} from "./stats-queries.ts";

/** A table with all its partitions. Rows are PostgreSQL's own counts, exact after ANALYZE only. */
export interface TableStats {
  readonly schema: string;
  readonly table: string;
  readonly partitions: number;
  readonly rows: number;
  readonly deadRows: number;
  /** Dead rows for each hundred living ones; null while there are none. */
  readonly deadPercent: number | null;
  /** All of it: rows, indexes, long values (TOAST). */
  readonly totalBytes: number;
  readonly indexBytes: number;
  readonly toastBytes: number;
  readonly vacuumedAt: Date | null;
  readonly analyzedAt: Date | null;
}

export interface IndexStats {
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  readonly scans: number;
  readonly rowsRead: number;
  readonly bytes: number;
  /** It guards a key, so that it is needed even if nothing reads it. */
  readonly isKey: boolean;
}

export interface PartitionStats {
  readonly schema: string;
  readonly table: string;
  readonly partitions: number;
  readonly from: Date | null;
  /** Rows from this instant on have no partition yet; null when there is none at all. */
  readonly until: Date | null;
}

export interface SlowQuery {
  readonly query: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly rows: number;
}

export interface DatabaseStats {
  readonly databaseName: string;
  readonly version: string;
  readonly databaseBytes: number;
  /** Since when index scans are counted; null is since the database was made. */
  readonly countedSince: Date | null;
  readonly connections: number;
  readonly activeConnections: number;
  readonly connectionLimit: number;
  readonly reservedConnections: number;
  readonly tables: readonly TableStats[];
  readonly indexes: readonly IndexStats[];
  readonly unusedIndexes: readonly IndexStats[];
  readonly partitions: readonly PartitionStats[];
  readonly oldestTransaction: {
    readonly pid: number;
    readonly application: string;
    readonly state: string | null;
    readonly ageS: number;
    readonly query: string;
  } | null;
  /** Whether the server's log (WAL) is archived. While it fails, the log piles up on the server's disk. */
  readonly logArchive: {
    readonly isOn: boolean;
    readonly isFailing: boolean;
    readonly lastArchivedAt: Date | null;
    readonly lastFailedAt: Date | null;
  };
  /** Null where `pg_stat_statements` does not count; `slowQueriesHint` then says what to do. */
  readonly slowQueries: readonly SlowQuery[] | null;
  readonly slowQueriesHint: string | null;
}

/** How the database stands: sizes, dead rows, index use, connections, partitions, slow queries. Changes nothing. */
export async function readStats(pool: pg.Pool): Promise<DatabaseStats> {
  const one = async (query: string) => (await pool.query(query)).rows[0];
  const own = async (query: string) => (await pool.query(query, [OWN_SCHEMAS])).rows;
  const indexes: IndexStats[] = await own(INDEXES);
  return {
    ...(await one(SERVER)),
    tables: await own(TABLES),
    indexes,
    unusedIndexes: indexes.filter(({ scans, isKey }) => scans === 0 && !isKey),
    partitions: summarize(await own(PARTITIONS)),
    logArchive: await one(LOG_ARCHIVE),
    oldestTransaction: (await one(OLDEST_TRANSACTION)) ?? null,
    ...(await readSlowQueries(pool)),
  };
}

/** The instants of `FOR VALUES FROM ('…') TO ('…')`, or nulls for a default partition or another kind of key. */
export function boundsOf(bound: string | null): { from: Date | null; until: Date | null } {
  const [, from, until] = /FROM \('([^']+)'\) TO \('([^']+)'\)/.exec(bound ?? "") ?? [];
  return { from: instant(from), until: instant(until) };
}

/** PostgreSQL prints a bound in the time zone of the session, with its offset: `2026-11-20 00:00:00+00`; a bare date is UTC. */
function instant(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(at.getTime()) ? null : at;
}

function summarize(
  rows: readonly { schema: string; table: string; partition: string | null; bound: string | null }[],
): PartitionStats[] {
  return [...Map.groupBy(rows, ({ schema, table }) => `${schema}.${table}`).values()].map((group) => {
    const bounds = group.map(({ bound }) => boundsOf(bound));
    const [schema = "", table = ""] = [group[0]?.schema, group[0]?.table];
    const from = bounds.flatMap((bound) => bound.from?.getTime() ?? []);
    const until = bounds.flatMap((bound) => bound.until?.getTime() ?? []);
    return {
      schema,
      table,
      partitions: group.filter(({ partition }) => partition !== null).length,
      from: from.length === 0 ? null : new Date(Math.min(...from)),
      until: until.length === 0 ? null : new Date(Math.max(...until)),
    };
  });
}

async function readSlowQueries(pool: pg.Pool): Promise<Pick<DatabaseStats, "slowQueries" | "slowQueriesHint">> {
  const { rows } = await pool.query<{ schema: string | null; isAvailable: boolean; libraries: string | null }>(
    STATEMENTS_STATE,
  );
  const { schema = null, isAvailable = false, libraries = null } = rows[0] ?? {};
  if (schema !== null) {
    try {
      return { slowQueries: (await pool.query<SlowQuery>(slowQueries(schema))).rows, slowQueriesHint: null };
    } catch (error) {
      // 55000: the extension is there and its library is not loaded.
      if (!(error instanceof Error && "code" in error && error.code === "55000")) throw error;
    }
  }
  return { slowQueries: null, slowQueriesHint: hint(isAvailable, libraries) };
}

function hint(isAvailable: boolean, libraries: string | null): string {
  if (!isAvailable)
    return "pg_stat_statements is not installed on this server: install PostgreSQL's contrib package (or switch it on at your provider) to see slow queries.";
  const loaded = (libraries ?? "").split(",").map((name) => name.trim());
  const create = "CREATE EXTENSION pg_stat_statements;";
  // Null where this role may not read the setting, as at a provider.
  if (libraries !== null && loaded.includes("pg_stat_statements"))
    return `Slow queries are not counted yet: run ${create}`;
  const list = [...loaded.filter((name) => name !== ""), "pg_stat_statements"].join(",");
  return `Slow queries are not counted yet: run ALTER SYSTEM SET shared_preload_libraries = '${list}'; restart the server, then ${create}`;
}
