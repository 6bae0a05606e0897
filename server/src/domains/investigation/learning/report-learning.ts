import type { LearningReport } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { oddsOfPrior } from "../../../analysis/learning/learned-odds.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { lastWords, otherCauses } from "./last-words.ts";
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
 * How right the answers of a project were, week by week (weeks begin on Monday, UTC), by what people said last, and what was learnt from it. Of each incident the
 * answer counts that stood when people first judged one, or the newest where nobody did, in the week it was given: later ones know what people said.
 * Right is an answer whose first hypothesis is what people named as the cause; a false attribution is one that blamed something, and of which people
 * ruled out what came first or named something else.
 */
export async function reportLearning(
  db: Kysely<DB>,
  request: { readonly projectId: string; readonly weeks: number; readonly now: Date },
): Promise<LearningReport> {
  const since = new Date(request.now.getTime() - request.weeks * 7 * 86_400_000);
  const [{ rows }, learned] = await Promise.all([
    sql<WeekRow>`
      WITH spoken AS (
        SELECT incident_id, min(created_at) AS at FROM feedback_events
        WHERE project_id = ${request.projectId} AND event_type IN ('hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set') GROUP BY incident_id),
      answered AS (
        SELECT DISTINCT ON (r.incident_id) r.incident_id, r.verdict, r.created_at, h.subject
        FROM incident_reports r LEFT JOIN spoken s USING (incident_id)
        LEFT JOIN LATERAL (SELECT coalesce(details ->> 'subject', hypothesis_id::text) AS subject FROM incident_hypotheses
          WHERE incident_id = r.incident_id AND revision = r.revision AND rank = 1) h ON true
        WHERE r.project_id = ${request.projectId} AND r.created_at >= ${since} AND (s.at IS NULL OR r.created_at <= s.at)
        ORDER BY r.incident_id, r.revision DESC),
      elsewhere AS (${otherCauses(sql`i.project_id = ${request.projectId} AND e.project_id = ${request.projectId}`)}),
      words AS (${lastWords(sql`i.project_id = ${request.projectId} AND e.project_id = ${request.projectId}`)}),
      judged AS (
        SELECT a.incident_id, coalesce(bool_or(w.is_confirmed AND w.subject = a.subject), false) AS is_right,
          bool_or(o.incident_id IS NOT NULL) OR coalesce(bool_or(w.is_confirmed), false) OR coalesce(bool_or(w.subject = a.subject), false) AS is_known
        FROM answered a LEFT JOIN words w ON w.incident_id = a.incident_id LEFT JOIN elsewhere o ON o.incident_id = a.incident_id
        WHERE w.incident_id IS NOT NULL OR o.incident_id IS NOT NULL GROUP BY a.incident_id)
      SELECT date_trunc('week', a.created_at, 'UTC') AS from_at, count(*)::int AS investigated,
        count(*) FILTER (WHERE a.verdict = 'inconclusive')::int AS inconclusive, count(j.incident_id)::int AS judged,
        count(*) FILTER (WHERE j.is_right)::int AS right,
        count(*) FILTER (WHERE j.is_known AND NOT j.is_right AND a.verdict <> 'inconclusive')::int AS false_attributions
      FROM answered a LEFT JOIN judged j USING (incident_id) GROUP BY 1 ORDER BY 1`.execute(db),
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
