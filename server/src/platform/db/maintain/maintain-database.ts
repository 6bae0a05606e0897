import { ensurePartitions } from "../ensure-partitions.ts";
import type { Database } from "../open-database.ts";
import { IS_OWN, OWN_SCHEMAS } from "../own-schemas.ts";
import { applyRetention, type RetentionResult } from "../retention/apply-retention.ts";
import type { RetentionPolicy } from "../retention/retention-policy.ts";
import { withMaintenanceLock } from "./maintenance-lock.ts";
import { type RefreshedView, refreshViews } from "./refresh-views.ts";

export const PARTITION_DAYS_AHEAD = 7;

export interface Maintained extends RetentionResult {
  readonly madePartitions: readonly string[];
  readonly refreshed: readonly RefreshedView[];
  /** Tables whose statistics were made new. */
  readonly analyzed: number;
  readonly durationMs: number;
}

/**
 * Everything that a database wants regularly: partitions ahead, retention, materialised views, ANALYZE. Null when another
 * process is at it. It works as the owner of the tables. Safe at any time, killed at any point.
 */
export async function maintainDatabase(
  { owner, pool }: Pick<Database, "owner" | "pool">,
  policy: RetentionPolicy,
  options: { readonly folder: string; readonly progress: (line: string) => void },
): Promise<Maintained | null> {
  const startedAt = performance.now();
  return withMaintenanceLock(pool, async () => {
    const { progress } = options;
    progress("partitions");
    const madePartitions = await ensurePartitions(owner, { daysAhead: PARTITION_DAYS_AHEAD });
    progress("retention");
    const retention = await applyRetention(pool, policy, options);
    progress("materialised views");
    const refreshed = await refreshViews(pool);
    progress("statistics");
    const { rows } = await pool.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'm') and not c.relispartition and ${IS_OWN} order by 1`,
      [OWN_SCHEMAS],
    );
    for (const { name } of rows) await pool.query(`analyze ${name}`);
    const durationMs = Math.round(performance.now() - startedAt);
    return { madePartitions, ...retention, refreshed, analyzed: rows.length, durationMs };
  });
}
