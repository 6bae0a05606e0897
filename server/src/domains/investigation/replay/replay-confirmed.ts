import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { type Replay, replayIncident } from "./replay-incident.ts";

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
 * The user's own regression set: the newest 500 incidents whose cause a person confirmed and whose world is kept, asked again of this engine, one after
 * the other. Right is what blames the same subject, or the same component.
 */
export async function* replayConfirmed(
  db: Kysely<DB>,
  request: { readonly projectId: string | null },
): AsyncGenerator<ConfirmedReplay> {
  const { rows } = await sql<{
    incident_id: string;
    title: string;
    subject: string | null;
    component: string | null;
  }>`
    SELECT i.id AS incident_id, h.title, h.details ->> 'subject' AS subject, h.details ->> 'component' AS component
    FROM incidents i JOIN incident_hypotheses h ON h.hypothesis_id = i.resolved_hypothesis_id
    WHERE i.resolution_kind = 'hypothesis' AND (${request.projectId}::uuid IS NULL OR i.project_id = ${request.projectId})
      AND EXISTS (SELECT 1 FROM incident_worlds w WHERE w.incident_id = i.id)
    ORDER BY i.created_at DESC LIMIT ${incidentsMax}`.execute(db);
  for (const row of rows) {
    const replay = await replayIncident(db, { incidentId: row.incident_id });
    const [top] = replay.diagnosis.hypotheses;
    const same = (subject: string | null | undefined, component: string | null | undefined) =>
      (row.subject !== null && subject === row.subject) || (row.component !== null && component === row.component);
    const thenComponent = replay.diagnosis.hypotheses.find(
      ({ title }) => title === replay.before.top?.title,
    )?.component;
    yield {
      incidentId: row.incident_id,
      confirmed: row.title,
      wasRight: same(replay.before.top?.subject, thenComponent) || replay.before.top?.title === row.title,
      isRight: same(replay.after.top?.subject, top?.component),
      replay,
    };
  }
}
