import type pg from "pg";

/** A query that was seen at work for long. */
export interface LongQuery {
  readonly query: string;
  readonly seen: number;
  readonly longestMs: number;
  readonly lastSeenAt: Date;
}

const LONG_S = 1;
const QUERIES_MAX = 50;
/** Copies and upkeep take as long as they take. */
const PATIENT = "(copy|vacuum|analyze|refresh|create index|reindex|cluster|lock table|declare|fetch)";

/**
 * Keeps the queries that are seen running for more than a second, where nothing counts queries: one look at
 * pg_stat_activity now and then, without any setting of the server. A query that is slow often is seen often. Memory is
 * bounded; what was seen is known to this process only.
 */
export class QuerySampler {
  readonly #pool: pg.Pool;
  readonly #now: () => Date;
  readonly #seen = new Map<string, LongQuery>();

  constructor(pool: pg.Pool, now: () => Date) {
    this.#pool = pool;
    this.#now = now;
  }

  /** Looks once. */
  async look(): Promise<void> {
    const { rows } = await this.#pool.query<{ query: string; ms: number }>(
      `select left(regexp_replace(query, '\\s+', ' ', 'g'), 500) as query, extract(epoch from clock_timestamp() - query_start)::float8 * 1000 as ms
       from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and state = 'active'
         and pid <> pg_backend_pid() and query_start < clock_timestamp() - make_interval(secs => ${LONG_S})
         and query !~* '^\\s*${PATIENT}\\M'`,
    );
    const lastSeenAt = this.#now();
    for (const { query, ms } of rows) {
      const known = this.#seen.get(query);
      // What was seen last is last in the map, so that the first is forgotten first.
      this.#seen.delete(query);
      const longestMs = Math.max(Math.round(ms), known?.longestMs ?? 0);
      this.#seen.set(query, { query, seen: (known?.seen ?? 0) + 1, longestMs, lastSeenAt });
    }
    for (const query of this.#seen.keys()) {
      if (this.#seen.size <= QUERIES_MAX) break;
      this.#seen.delete(query);
    }
  }

  /** What was seen since then, the longest first. */
  since(at: Date): LongQuery[] {
    return [...this.#seen.values()]
      .filter(({ lastSeenAt }) => lastSeenAt >= at)
      .sort((a, b) => b.longestMs - a.longestMs);
  }
}
