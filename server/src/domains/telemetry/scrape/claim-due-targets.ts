import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { boundTo } from "./manage-targets.ts";

/** A page that is due, taken up by this process until its next time. */
export interface DueTarget {
  readonly id: string;
  readonly projectId: string;
  readonly url: string;
  readonly serviceKey: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutS: number;
  readonly authorization: string | null;
}

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly url: string;
  readonly service_key: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeout_s: number;
  readonly authorization_encrypted: string | null;
}

/**
 * Takes up pages that are due, `limit` at most; two processes never take the same. Each is moved on to its next time, which lies on a grid of its interval,
 * shifted by a hash of its id: readings keep their distance whatever delays one of them, and targets of one interval do not come all at once.
 */
export async function claimDueTargets(
  db: Kysely<DB>,
  secretBox: Pick<SecretBox, "open">,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly (DueTarget | { readonly id: string; readonly error: string })[]> {
  const { rows } = await sql<Row>`
    WITH due AS (
      SELECT id, abs(hashtext(id::text)::bigint) % (interval_s * 1000) / 1000.0 AS shift_s FROM scrape_targets
      WHERE is_enabled AND next_scrape_at <= ${now} ORDER BY next_scrape_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    UPDATE scrape_targets t SET next_scrape_at =
      to_timestamp((floor((extract(epoch FROM ${now}::timestamptz) - d.shift_s) / t.interval_s) + 1) * t.interval_s + d.shift_s)
    FROM due d WHERE t.id = d.id
    RETURNING t.id, t.project_id, t.url, t.service_key, t.environment, t.labels, t.timeout_s, t.authorization_encrypted`.execute(
    db,
  );
  return rows.map((row) => {
    try {
      const sealed = row.authorization_encrypted;
      return {
        id: row.id,
        projectId: row.project_id,
        url: row.url,
        serviceKey: row.service_key,
        environment: row.environment,
        labels: row.labels,
        timeoutS: row.timeout_s,
        authorization: sealed === null ? null : secretBox.open(sealed, boundTo(row.id)),
      };
    } catch (cause) {
      return { id: row.id, error: (cause as Error).message };
    }
  });
}
