import type { LearningReport } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { oddsOfPrior } from "../../../analysis/learning/learned-odds.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { loadLearned } from "./load-learned.ts";

const noIncident = "00000000-0000-0000-0000-000000000000";
const priorsMax = 100;

interface WeekRow {
  from_at: Date;
  investigated: number;
  inconclusive: number;
  judged: number;
  right: number;
  false_attributions: number;
}

/**
 * How right the answers of a project were, week by week (weeks begin on Monday, UTC), by what people said, and what was learnt from it. An incident counts in the
 * week of its newest investigation. Right is an incident whose first hypothesis was confirmed, in any revision that was judged; a false attribution is one
 * that blamed something, and of which people ruled that out or named something else.
 */
export async function reportLearning(
  db: Kysely<DB>,
  request: { readonly projectId: string; readonly weeks: number; readonly now: Date },
): Promise<LearningReport> {
  const since = new Date(request.now.getTime() - request.weeks * 7 * 86_400_000);
  const [{ rows }, learned] = await Promise.all([
    sql<WeekRow>`
      WITH newest AS (
        SELECT DISTINCT ON (incident_id) incident_id, revision, verdict, created_at FROM incident_reports
        WHERE project_id = ${request.projectId} AND created_at >= ${since} ORDER BY incident_id, revision DESC),
      judged AS (
        SELECT n.incident_id,
          coalesce(bool_or(j.is_confirmed AND j.rank = 1), false) AS is_right,
          coalesce(bool_or(NOT j.is_confirmed AND j.rank = 1), false) OR i.resolution_kind = 'other'
            OR coalesce(bool_or(j.is_confirmed AND j.rank > 1), false) AS is_wrong
        FROM newest n JOIN incidents i ON i.id = n.incident_id LEFT JOIN judged_hypotheses j ON j.incident_id = n.incident_id
        WHERE j.incident_id IS NOT NULL OR i.resolution_kind = 'other' GROUP BY n.incident_id, i.resolution_kind)
      SELECT date_trunc('week', n.created_at, 'UTC') AS from_at, count(*)::int AS investigated,
        count(*) FILTER (WHERE n.verdict = 'inconclusive')::int AS inconclusive, count(j.incident_id)::int AS judged,
        count(*) FILTER (WHERE j.is_right)::int AS right,
        count(*) FILTER (WHERE j.is_wrong AND NOT j.is_right AND n.verdict <> 'inconclusive')::int AS false_attributions
      FROM newest n LEFT JOIN judged j USING (incident_id) GROUP BY 1 ORDER BY 1`.execute(db),
    loadLearned(db, { projectId: request.projectId, incidentId: noIncident, now: request.now }),
  ]);
  const counts = (row: WeekRow) => ({
    investigated: row.investigated,
    inconclusive: row.inconclusive,
    judged: row.judged,
    right: row.right,
    false_attributions: row.false_attributions,
  });
  const total = rows.map(counts).reduce(
    (sum, row) => ({
      investigated: sum.investigated + row.investigated,
      inconclusive: sum.inconclusive + row.inconclusive,
      judged: sum.judged + row.judged,
      right: sum.right + row.right,
      false_attributions: sum.false_attributions + row.false_attributions,
    }),
    { investigated: 0, inconclusive: 0, judged: 0, right: 0, false_attributions: 0 },
  );
  return {
    weeks: rows.map((row) => ({ from: row.from_at.toISOString(), ...counts(row), top1: share(row.right, row.judged) })),
    total: {
      ...total,
      top1: share(total.right, total.judged),
      false_attribution_rate: share(total.false_attributions, total.judged),
      inconclusive_rate: share(total.inconclusive, total.investigated),
    },
    priors: learned.priors
      .map((prior) => ({
        service: prior.service,
        type: prior.type,
        pattern: prior.pattern,
        times_confirmed: prior.timesConfirmed,
        times_rejected: prior.timesRejected,
        log_odds: Number(oddsOfPrior(prior).toFixed(3)),
      }))
      .sort((a, b) => Math.abs(b.log_odds) - Math.abs(a.log_odds))
      .slice(0, priorsMax),
  };
}

function share(part: number, of: number): number | null {
  return of === 0 ? null : Number((part / of).toFixed(4));
}
