import { type Kysely, sql } from "kysely";
import { learnPriors } from "../../../analysis/learning/learn-priors.ts";
import type { Learned } from "../../../analysis/learning/learned.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { nameOfActor } from "../feedback/list-feedback.ts";
import { type LastWord, lastWords, namedPrefix, otherCauses } from "./last-words.ts";

/** After half a year a judgement has a four-hundredth of its weight. */
const reachDays = 180;
const judgementsMax = 5000;

/**
 * What people said of earlier conclusions of a project, and of this incident's since it was last reopened; of each their last word. Judgements of the incident
 * itself are no prior of it.
 */
export async function loadLearned(
  db: Kysely<DB>,
  request: { readonly projectId: string; readonly incidentId: string; readonly now: Date },
): Promise<Learned> {
  const { projectId, incidentId, now } = request;
  const since = new Date(now.getTime() - reachDays * 86_400_000);
  const ofEpisode = sql`i.id = ${incidentId} AND NOT EXISTS (
    SELECT 1 FROM feedback_events r WHERE r.incident_id = i.id AND r.event_type = 'incident_status_changed' AND r.payload ->> 'from' = 'resolved'
      AND (r.created_at, r.feedback_event_id) > (e.created_at, e.feedback_event_id))`;
  const [others, own, elsewhere] = await Promise.all([
    sql<LastWord>`
      SELECT * FROM (${lastWords(sql`i.project_id = ${projectId} AND i.id <> ${incidentId} AND e.project_id = ${projectId} AND e.created_at >= ${since}`)}) w
      WHERE NOT starts_with(w.subject, ${namedPrefix})
      ORDER BY w.judged_at DESC, w.feedback_event_id DESC, w.subject LIMIT ${judgementsMax}`.execute(db),
    sql<LastWord>`SELECT * FROM (${lastWords(ofEpisode)}) w ORDER BY w.judged_at, w.feedback_event_id, w.subject`.execute(
      db,
    ),
    otherCauses(ofEpisode).execute(db),
  ]);
  const priors = learnPriors(
    others.rows.map((row) => ({
      service: row.component ?? row.service_name,
      type: row.hypothesis_type,
      pattern: row.pattern,
      isConfirmed: row.is_confirmed,
      judgedAtMs: row.judged_at.getTime(),
    })),
    now.getTime(),
  );
  return {
    priors,
    judged: own.rows.map((row) => ({
      subject: row.subject,
      type: row.hypothesis_type,
      isConfirmed: row.is_confirmed,
      evidenceDigest: row.evidence_digest,
      saidAt: row.judged_at.toISOString(),
      by: nameOfActor(row),
      why: row.why,
      sureness: row.sureness,
      feedbackId: toPublicId("fbk", row.feedback_event_id),
    })),
    otherCause:
      elsewhere.rows
        .map((row) => ({
          saidAt: row.said_at.toISOString(),
          by: nameOfActor(row),
          why: row.summary,
          sureness: row.sureness,
          feedbackId: toPublicId("fbk", row.feedback_event_id),
        }))
        .at(0) ?? null,
  };
}
