import type { WorkflowConfig } from "@culprit/contract";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** How long a lease holds unless it is renewed, in s. Whoever was killed is succeeded after that. */
export const LEASE_S = 10;

/** An execution that this process carries on, for as long as the lease holds. */
export interface Claimed {
  readonly id: string;
  readonly execution_id: string;
  readonly token: string;
  readonly project_id: string;
  readonly project_name: string;
  readonly workflow_id: string;
  readonly workflow_version: number;
  readonly workflow_name: string;
  readonly incident_id: string | null;
  readonly trigger_type: string | null;
  readonly trigger_data: Readonly<Record<string, unknown>> | null;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly result: { readonly failing?: Failing };
  readonly active_ms: number;
  readonly caller_execution_id: string | null;
  /** False at the very first time, when there is nothing to load. */
  readonly was_begun: boolean;
}

/** Why an execution is about to end badly; kept from before its `on_failure` steps, so that a crash among them changes nothing. */
export interface Failing {
  readonly status: "failed" | "timeout";
  readonly step: string;
  readonly reason: string;
}

/**
 * Takes up the executions among `ids` that may go on now: not finished, not paused, nobody else's, due, and within their
 * workflow's `max_concurrent_executions`. Whoever holds a row's lock is taking it up already.
 */
export async function claimExecutions(database: Database, ids: readonly string[]): Promise<readonly Claimed[]> {
  if (ids.length === 0) return [];
  return database.transaction(async (tx) => {
    const { rows: free } = await sql<{ id: string; workflow_id: string; project_id: string; limit: number | null }>`
      SELECT e.id, e.workflow_id, e.project_id, (w.config ->> 'max_concurrent_executions')::int AS limit
      FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
      WHERE e.id = ANY(${[...ids]}::uuid[]) AND e.status IN ('pending', 'running') AND NOT e.is_paused
        AND (e.lease_until IS NULL OR e.lease_until < now())
        AND (e.is_signalled OR NOT e.is_waiting OR e.wake_at <= now())
      ORDER BY e.id FOR NO KEY UPDATE OF e SKIP LOCKED`.execute(tx);
    const allowed = free.some(({ limit }) => limit !== null) ? await withinLimits(tx, free) : free.map(({ id }) => id);
    if (allowed.length === 0) return [];
    const { rows } = await sql<Claimed>`
      UPDATE workflow_executions e SET status = 'running', lease_token = gen_random_uuid(),
        lease_until = now() + make_interval(secs => ${LEASE_S}), wake_at = NULL, is_waiting = false, is_signalled = false
      FROM workflow_executions before, workflows w, projects p
      WHERE e.id = ANY(${allowed}::uuid[]) AND before.id = e.id AND w.id = e.workflow_id AND p.id = e.project_id
      RETURNING e.id, e.execution_id, e.lease_token AS token, e.project_id, p.name AS project_name, e.workflow_id,
        e.workflow_version, w.name AS workflow_name, e.incident_id, e.trigger_type, e.trigger_data, e.inputs, e.result,
        e.active_ms, e.caller_execution_id, before.status = 'running' AS was_begun`.execute(tx);
    return rows;
  });
}

type Free = {
  readonly id: string;
  readonly workflow_id: string;
  readonly project_id: string;
  readonly limit: number | null;
};

/** The ids that their workflow still has room for. Counted under a lock, so that two workers don't both see the last place. */
async function withinLimits(tx: Transaction<DB>, free: readonly Free[]): Promise<string[]> {
  const limited = [...new Set(free.filter(({ limit }) => limit !== null).map((row) => row.workflow_id))].sort();
  for (const id of limited) await sql`SELECT pg_advisory_xact_lock(hashtextextended(${id}, 77))`.execute(tx);
  const { rows } = await sql<{ workflow_id: string; project_id: string; count: number }>`
    SELECT workflow_id, project_id, count(*) FROM workflow_executions
    WHERE workflow_id = ANY(${limited}::uuid[]) AND status = 'running' AND lease_until > now() GROUP BY 1, 2`.execute(
    tx,
  );
  const working = new Map(rows.map((row) => [`${row.workflow_id} ${row.project_id}`, Number(row.count)]));
  return free
    .filter(({ workflow_id, project_id, limit }) => {
      if (limit === null) return true;
      const key = `${workflow_id} ${project_id}`;
      const count = working.get(key) ?? 0;
      working.set(key, count + 1);
      return count < limit;
    })
    .map(({ id }) => id);
}

/** Renews leases. @returns what is still held; the others were cancelled or taken over. */
export async function renewLeases(
  db: Kysely<DB>,
  held: readonly { readonly id: string; readonly token: string }[],
): Promise<ReadonlyMap<string, { readonly isPaused: boolean }>> {
  if (held.length === 0) return new Map();
  const { rows } = await sql<{ id: string; is_paused: boolean }>`
    UPDATE workflow_executions e SET lease_until = now() + make_interval(secs => ${LEASE_S})
    FROM unnest(${held.map(({ id }) => id)}::uuid[], ${held.map(({ token }) => token)}::uuid[]) AS h(id, token)
    WHERE e.id = h.id AND e.lease_token = h.token RETURNING e.id, e.is_paused`.execute(db);
  return new Map(rows.map(({ id, is_paused }) => [id, { isPaused: is_paused }]));
}

/**
 * Executions that should be running and are nobody's: their worker died, or their job was lost. Oldest first, without
 * those whose workflow is full: they would hide the others.
 */
export async function findForsaken(db: Kysely<DB>, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT e.id FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
    WHERE e.status IN ('pending', 'running') AND NOT e.is_paused AND (e.lease_until IS NULL OR e.lease_until < now())
      AND (e.is_signalled OR NOT e.is_waiting OR e.wake_at <= now()) AND e.started_at < now() - interval '2 seconds'
      AND CASE WHEN w.config ? 'max_concurrent_executions' THEN (w.config ->> 'max_concurrent_executions')::int > (
        SELECT count(*) FROM workflow_executions r WHERE r.workflow_id = e.workflow_id AND r.project_id = e.project_id
          AND r.status = 'running' AND r.lease_until > now()) ELSE true END
    ORDER BY e.started_at LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Seconds of work that are left before the timeout, never negative. */
export function workLeftMs(config: WorkflowConfig, activeMs: number): number {
  return Math.max(0, config.timeout * 1000 - activeMs);
}
