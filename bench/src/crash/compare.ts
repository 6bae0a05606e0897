import type pg from "pg";

/** How what Culprit holds differs from the ledger. All zero when nothing was lost and nothing counted twice. */
export interface Difference {
  /** Acknowledged events without an occurrence. */
  readonly missing: number;
  /** Events with more than one occurrence. */
  readonly doubled: number;
  /** Event ids that are claimed, so that a repetition would be dropped, without an occurrence. */
  readonly claimedOnly: number;
  /** Occurrences by which the incidents' counters are off. */
  readonly miscounted: number;
  readonly occurrences: number;
}

const BATCH = 10_000;

/** Compares the ledger's acknowledged event ids with the tables themselves. */
export async function compare(client: pg.Client, acknowledged: readonly string[]): Promise<Difference> {
  await client.query("CREATE TEMP TABLE acknowledged (event_id uuid PRIMARY KEY)");
  for (let from = 0; from < acknowledged.length; from += BATCH) {
    const part = acknowledged.slice(from, from + BATCH);
    await client.query("INSERT INTO acknowledged SELECT unnest($1::uuid[])", [part]);
  }
  const { rows } = await client.query<Record<keyof Difference, string>>(`
    SELECT
      (SELECT count(*) FROM acknowledged a
        WHERE NOT EXISTS (SELECT 1 FROM incident_occurrences o WHERE o.event_id = a.event_id)) AS missing,
      (SELECT count(*) FROM (SELECT 1 FROM incident_occurrences GROUP BY project_id, event_id HAVING count(*) > 1) d) AS doubled,
      (SELECT count(*) FROM event_ids e
        WHERE NOT EXISTS (SELECT 1 FROM incident_occurrences o WHERE o.event_id = e.event_id)) AS "claimedOnly",
      (SELECT coalesce(sum(abs(coalesce(c.occurrence_count, 0) - coalesce(o.n, 0))), 0) FROM incident_counters c
        FULL JOIN (SELECT incident_id, count(*) AS n FROM incident_occurrences GROUP BY incident_id) o USING (incident_id)) AS miscounted,
      (SELECT count(*) FROM incident_occurrences) AS occurrences`);
  const row = rows[0];
  if (row === undefined) throw new Error("the comparison gave no row");
  return {
    missing: Number(row.missing),
    doubled: Number(row.doubled),
    claimedOnly: Number(row.claimedOnly),
    miscounted: Number(row.miscounted),
    occurrences: Number(row.occurrences),
  };
}
