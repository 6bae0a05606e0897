import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { lastWords, namedPrefix, otherCauses } from "../learning/last-words.ts";
import { type Replay, type ReplayedAnswer, replayIncident } from "./replay-incident.ts";

/** One incident whose cause people named, asked again. */
export interface ConfirmedReplay {
  readonly incidentId: string;
  /** What people confirmed, in words. */
  readonly confirmed: string;
  /** Whether what came first then, and what comes first now, is what people confirmed. */
  readonly wasRight: boolean;
  readonly isRight: boolean;
  readonly replay: Replay;
}

const incidentsMax = 500;

/**
 * The user's own regression set: the newest 500 incidents whose cause people named, by their last word, and whose world is kept, asked again of this engine, one after
 * the other. A cause that they named in their own words counts too: the answer was wrong there, or blamed nobody. Of each the newest answer counts that was given before people first judged one: later ones were told. Right is what blames the same subject, or
 * the same component.
 */
export async function* replayConfirmed(
  db: Kysely<DB>,
  request: { readonly projectId: string | null },
): AsyncGenerator<ConfirmedReplay> {
  const { projectId } = request;
  const among = projectId === null ? sql`true` : sql`i.project_id = ${projectId} AND e.project_id = ${projectId}`;
  const { rows } = await sql<{
    incident_id: string;
    title: string;
    subject: string;
    component: string | null;
    revision: number;
  }>`
    SELECT c.incident_id, c.title, c.subject, c.component, asked.revision
    FROM (
      SELECT incident_id, coalesce(summary, 'another cause, which nobody put into words') AS title, ${namedPrefix}::text || coalesce(summary, '') AS subject, NULL AS component
      FROM (${otherCauses(among)}) o
      UNION ALL
      SELECT incident_id, title, subject, component FROM (SELECT DISTINCT ON (w.incident_id) w.* FROM (${lastWords(among)}) w
        WHERE w.is_confirmed AND NOT starts_with(w.subject, ${namedPrefix}) ORDER BY w.incident_id, w.judged_at DESC, w.feedback_event_id DESC) k
      WHERE incident_id NOT IN (SELECT incident_id FROM (${otherCauses(among)}) o)) c
    JOIN incidents i ON i.id = c.incident_id
    JOIN LATERAL (SELECT max(k.revision) AS revision FROM incident_worlds k WHERE k.incident_id = c.incident_id AND k.created_at <= (
      SELECT min(n.created_at) FROM feedback_events n WHERE n.incident_id = c.incident_id
        AND n.event_type IN ('hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set'))) asked ON asked.revision IS NOT NULL
    ORDER BY i.created_at DESC LIMIT ${incidentsMax}`.execute(db);
  for (const row of rows) {
    const replay = await replayIncident(db, { incidentId: row.incident_id, revision: row.revision });
    const isNamed = (top: ReplayedAnswer["top"]) =>
      top !== null && (top.subject === row.subject || (row.component !== null && top.component === row.component));
    yield {
      incidentId: row.incident_id,
      confirmed: row.title,
      wasRight: isNamed(replay.before.top),
      isRight: isNamed(replay.after.top),
      replay,
    };
  }
}
