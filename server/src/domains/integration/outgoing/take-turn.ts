import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";

/**
 * Takes the next turn of an integration at its vendor's rate, for all processes together: the generic cell rate algorithm
 * (ITU-T I.371) on one narrow row, by the database's clock, in one statement. A turn that is not free is not taken.
 * @returns ms to wait before asking again; 0 where the turn is taken.
 */
export async function takeTurn(
  { db }: Pick<Database, "db">,
  integration: { readonly id: string; readonly projectId: string },
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
): Promise<number> {
  const spacing = sql`make_interval(secs => ${1 / perSecond})`;
  const tolerance = sql`make_interval(secs => ${Math.max(0, burst - 1) / perSecond})`;
  const { rows } = await sql<{ wait_ms: number }>`
    WITH taken AS (
      INSERT INTO target_rates AS t (integration_id, project_id, arrival_at)
      VALUES (${integration.id}, ${integration.projectId}, clock_timestamp() + ${spacing})
      ON CONFLICT (integration_id) DO UPDATE SET arrival_at = greatest(t.arrival_at, clock_timestamp()) + ${spacing}
        WHERE t.arrival_at <= clock_timestamp() + ${tolerance}
      RETURNING 1)
    SELECT CASE WHEN EXISTS (SELECT 1 FROM taken) THEN 0 ELSE greatest(1, extract(epoch FROM
      (SELECT arrival_at FROM target_rates WHERE integration_id = ${integration.id}) - ${tolerance} - clock_timestamp()) * 1000)
      END::float8 AS wait_ms`.execute(db);
  return Math.ceil(Number(rows[0]?.wait_ms ?? 0));
}
