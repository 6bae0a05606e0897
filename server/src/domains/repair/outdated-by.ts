import type { Outdated } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";

/**
 * Whether an answer or a patch belongs to an earlier conclusion: the newest report has another verdict or first explanation than
 * the one that stood when it was written. Null before anything was written.
 */
export async function outdatedBy(db: Kysely<DB>, incidentId: string, writtenAt: Date | null): Promise<Outdated> {
  const none = { outdated_by: null, outdated_reason: null };
  if (writtenAt === null) return none;
  const { rows } = await sql<{ revision: number; verdict: string; title: string | null; is_later: boolean }>`
    SELECT r.revision, r.verdict, h.title, r.created_at > ${writtenAt} AS is_later FROM incident_reports r
    LEFT JOIN incident_hypotheses h ON h.incident_id = r.incident_id AND h.revision = r.revision AND h.rank = 1
    WHERE r.incident_id = ${incidentId} ORDER BY r.revision DESC`.execute(db);
  const [newest] = rows;
  const stood = rows.find(({ is_later }) => !is_later);
  if (newest === undefined || stood === undefined) return none;
  if (newest.verdict === stood.verdict && newest.title === stood.title) return none;
  const reason = `Of an earlier conclusion: revision ${newest.revision} of the report says otherwise. “Investigate again” renews it.`;
  return { outdated_by: newest.revision, outdated_reason: reason };
}
