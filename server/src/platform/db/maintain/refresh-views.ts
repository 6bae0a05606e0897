import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";
import { IS_OWN, OWN_SCHEMAS } from "../own-schemas.ts";

/** A materialised view that was made new. */
export interface RefreshedView {
  readonly view: string;
  /** True when readers could go on meanwhile. */
  readonly wasConcurrent: boolean;
  readonly durationMs: number;
}

/** CONCURRENTLY needs a view that was filled before and a unique index over plain columns of all its rows. */
const FIND = `
select format('%I.%I', n.nspname, c.relname) as view, c.relispopulated and exists (
  select 1 from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
) as "wasConcurrent"
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' and ${IS_OWN} order by c.oid`;

/** Makes every materialised view of Culprit new, oldest first because a later one may read it; without blocking readers where that is possible. */
export async function refreshViews(pool: pg.Pool): Promise<RefreshedView[]> {
  const { rows } = await pool.query<{ view: string; wasConcurrent: boolean }>(FIND, [OWN_SCHEMAS]);
  const done: RefreshedView[] = [];
  for (const { view, wasConcurrent } of rows) {
    const startedAt = performance.now();
    await inTransaction(pool, "begin", async (client) => {
      await client.query("set local lock_timeout = '5s'");
      await client.query(`refresh materialized view ${wasConcurrent ? "concurrently" : ""} ${view}`);
    });
    done.push({ view, wasConcurrent, durationMs: Math.round(performance.now() - startedAt) });
  }
  return done;
}
