import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import { BATCH_MAX, LEASE_MS } from "./inbox-limits.ts";

/** A delivery that this process works on until `leaseUntil`. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly projectId: string;
  readonly deliveryId: string | null;
  readonly eventType: string;
  readonly subject: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly tries: number;
  readonly receivedAt: Date;
  readonly leaseUntil: Date;
}

/*
 * The life of a delivery, a row of `integration_events`.
 *
 *   pending ──claim──▶ processing ──▶ completed | ignored
 *      ▲                   │ a throw: back-off (available_at) ──▶ pending, or failed after the fifth try
 *      │                   └ the process died: due again when its lease is over
 *      └──────────── a person replays a failed or ignored one
 *
 * Claims of one integration are made one after the other (advisory lock), and a claim takes nothing behind an unfinished
 * delivery of the same subject that somebody else holds or that waits for its next try. So those of one subject are
 * worked on in their order by however many processes.
 */

/** Whether a delivery may be worked on. A new one always: it was stored by the database's clock, which may be ahead of ours. */
export function isDue(row: "e" | "b", now: Date): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${row}.${name}`);
  return sql`((${column("status")} = 'pending' AND ${column("retry_count")} = 0) OR ${column("available_at")} <= ${now})`;
}

/** Takes the next deliveries of an integration, in their order; none where another process is taking some. */
export async function claimDeliveries(
  database: Database,
  integrationId: string,
  now: Date,
): Promise<readonly ClaimedDelivery[]> {
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  return database.transaction(async (tx) => {
    const { rows: locks } = await sql<{ is_ours: boolean }>`
      SELECT pg_try_advisory_xact_lock(hashtext('culprit_inbox'), hashtext(${integrationId})) AS is_ours`.execute(tx);
    if (locks[0]?.is_ours !== true) return [];
    const { rows } = await sql<Omit<ClaimedDelivery, "leaseUntil">>`
      WITH due AS (
        SELECT e.id FROM integration_events e
        WHERE e.integration_id = ${integrationId} AND e.status IN ('pending', 'processing') AND ${isDue("e", now)}
          AND (e.subject IS NULL OR NOT EXISTS (
            SELECT 1 FROM integration_events b WHERE b.integration_id = e.integration_id AND b.subject = e.subject
              AND b.status IN ('pending', 'processing') AND NOT ${isDue("b", now)} AND (b.created_at, b.id) < (e.created_at, e.id)))
        ORDER BY e.created_at, e.id LIMIT ${BATCH_MAX}
      ), taken AS (
        UPDATE integration_events e SET status = 'processing', available_at = ${leaseUntil} FROM due WHERE e.id = due.id
        RETURNING e.*
      )
      SELECT id, project_id AS "projectId", event_id AS "deliveryId", event_type AS "eventType", subject, payload,
        retry_count AS tries, created_at AS "receivedAt" FROM taken ORDER BY created_at, id`.execute(tx);
    return rows.map((row) => ({ ...row, leaseUntil }));
  });
}
