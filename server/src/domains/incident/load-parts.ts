import type { Verdict } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";

const PARTS_MAX = 50;
const HOPS_MAX = 10;

/** An incident that turned out to be a part of another. */
export interface Part {
  readonly id: string;
  readonly publicId: string;
  readonly title: string;
  readonly verdict: Verdict | null;
  readonly mergedAt: Date;
}

/** What was merged into the incident, with what had been merged into that before, oldest merge first. */
export async function loadParts(db: Kysely<DB>, id: string): Promise<readonly Part[]> {
  const { rows } = await sql<Part>`
    WITH RECURSIVE parts(id, "publicId", title, verdict, "mergedAt", hops) AS (
      SELECT ${id}::uuid, NULL::text, NULL::text, NULL::text, NULL::timestamptz, 0
      UNION ALL
      SELECT o.id, o.incident_id::text, o.title::text, o.verdict::text, merge.decided_at, parts.hops + 1 FROM parts CROSS JOIN LATERAL (
        SELECT d.project_id, d.decided_at, d.details ->> 'incident_id' AS part FROM incident_decisions d
        WHERE d.incident_id = parts.id AND d.decision = 'merged' AND d.details ? 'incident_id' ORDER BY d.decided_at, d.decision_id LIMIT ${PARTS_MAX}) AS merge
      JOIN incidents o ON o.incident_id = merge.part AND o.project_id = merge.project_id
      WHERE parts.hops < ${HOPS_MAX})
    SELECT id, "publicId", title, verdict, "mergedAt" FROM parts WHERE hops > 0 ORDER BY "mergedAt", id LIMIT ${PARTS_MAX}`.execute(
    db,
  );
  return rows;
}
