import { type Kysely, sql } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import type { DB } from "../../platform/db/tables.generated.ts";

/** What waits, and for how long. */
export interface QueueState {
  /** Jobs that wait and are due, by name. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly pendingExecutions: number;
  /** At work, and those that wait for a time or a person. */
  readonly runningExecutions: number;
  readonly waitingExecutions: number;
  /** How long the oldest execution that is due has waited, in s; null while none is. */
  readonly oldestDueS: number | null;
  readonly eventsWaiting: number;
  readonly deliveriesUnsettled: number;
}

/** Reads what the queue and the executions wait for. Counts stop at a hundred thousand. */
export async function queueState(database: Pick<Database, "db" | "owner">): Promise<QueueState> {
  // The queue makes its tables when a server first runs.
  const { rows: queue } = await sql<{
    isThere: boolean;
  }>`SELECT to_regclass('pgboss.job') IS NOT NULL AS "isThere"`.execute(database.owner);
  const jobs = queue[0]?.isThere === true ? await dueJobs(database.db) : [];

  const { rows } = await sql<Omit<QueueState, "waiting">>`
    SELECT
      (SELECT count(*)::int FROM workflow_executions WHERE status = 'pending') AS "pendingExecutions",
      (SELECT count(*)::int FROM workflow_executions WHERE status = 'running' AND NOT is_waiting) AS "runningExecutions",
      (SELECT count(*)::int FROM workflow_executions WHERE status = 'running' AND is_waiting) AS "waitingExecutions",
      (SELECT extract(epoch FROM now() - min(greatest(e.started_at, e.lease_until, e.wake_at)))::float8 FROM workflow_executions e
        JOIN workflows w ON w.id = e.workflow_id
        WHERE e.status IN ('pending', 'running') AND NOT e.is_paused AND coalesce(e.lease_until < now(), true)
          AND (e.wake_at <= now() OR (e.wake_at IS NULL AND NOT e.is_waiting))
          -- Those that wait behind others of their workflow are not forgotten.
          AND NOT (e.status = 'pending' AND w.config ? 'max_concurrent_executions' AND EXISTS (
            SELECT 1 FROM workflow_executions r WHERE r.workflow_id = e.workflow_id AND r.status = 'running'))) AS "oldestDueS",
      (SELECT count(*)::int FROM (SELECT 1 FROM workflow_events WHERE matched_at IS NULL LIMIT 100000) e) AS "eventsWaiting",
      (SELECT count(*)::int FROM deliveries WHERE status IN ('pending', 'sending', 'unknown')) AS "deliveriesUnsettled"`.execute(
    database.db,
  );
  const [state] = rows;
  if (state === undefined) throw new Error("the queue's state was not answered");
  return { waiting: Object.fromEntries(jobs.map(({ name, count }) => [name, count])), ...state };
}

async function dueJobs(db: Kysely<DB>): Promise<{ name: string; count: number }[]> {
  const { rows } = await sql<{ name: string; count: number }>`
    SELECT name, count(*)::int AS count FROM pgboss.job
    WHERE state IN ('created', 'retry') AND start_after <= now() GROUP BY name`.execute(db);
  return rows;
}
