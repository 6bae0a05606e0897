import type { ActorType, HypothesisType } from "@culprit/contract";
import { type RawBuilder, sql } from "kysely";

/** The last word of people on one conclusion. */
export interface LastWord {
  readonly incident_id: string;
  readonly subject: string;
  readonly hypothesis_type: HypothesisType;
  readonly title: string;
  readonly component: string | null;
  readonly pattern: string | null;
  readonly service_name: string | null;
  readonly evidence_digest: string | null;
  readonly is_confirmed: boolean;
  readonly judged_at: Date;
  readonly feedback_event_id: string;
  readonly actor_type: ActorType;
  readonly actor_id: string | null;
  readonly login: string | null;
  /** Why, as it was put; null without a reason. */
  readonly why: string | null;
  readonly sureness: number | null;
}

/**
 * A query of `LastWord`s: what people said last of each conclusion of the incidents that `among` picks, a condition on `i`, a row of incidents, and `e`, an entry of its
 * log. A conclusion is the same in every revision that blames the same, so a later word counts whichever revision it was said of. Naming a
 * root cause overrides every confirmation before it. Read from the log itself, so there is nothing that could differ from it.
 */
export function lastWords(among: RawBuilder<unknown>): RawBuilder<LastWord> {
  return sql<LastWord>`
    SELECT w.* FROM (
      SELECT DISTINCT ON (i.id, coalesce(h.details ->> 'subject', h.hypothesis_id::text), CASE WHEN h.details ->> 'subject' = 'unknown' THEN h.hypothesis_type END)
        i.id AS incident_id, coalesce(h.details ->> 'subject', h.hypothesis_id::text) AS subject, h.hypothesis_type, h.title,
        h.details ->> 'component' AS component, h.details ->> 'pattern' AS pattern, s.service_name, h.details ->> 'evidenceDigest' AS evidence_digest,
        e.event_type = 'hypothesis_confirmed' OR coalesce(e.payload ->> 'root_cause_kind' = 'hypothesis', false) AS is_confirmed,
        e.created_at AS judged_at, e.feedback_event_id, e.actor_type, e.actor_id, u.github_login AS login,
        nullif(concat_ws(': ', e.payload ->> 'reason_code', coalesce(e.payload ->> 'note', e.payload ->> 'summary')), '') AS why,
        (e.payload ->> 'confidence_override')::float8 AS sureness
      FROM incidents i
      JOIN feedback_events e ON e.incident_id = i.id AND e.event_type IN ('hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set')
      JOIN incident_hypotheses h ON h.incident_id = i.id AND h.hypothesis_id = (e.payload ->> 'hypothesis_id')::uuid
      LEFT JOIN services s ON s.service_id = i.service_id
      LEFT JOIN users u ON e.actor_type = 'user' AND u.id::text = e.actor_id
      WHERE ${among}
      ORDER BY i.id, coalesce(h.details ->> 'subject', h.hypothesis_id::text), CASE WHEN h.details ->> 'subject' = 'unknown' THEN h.hypothesis_type END, e.created_at DESC, e.feedback_event_id DESC
    ) w
    WHERE NOT (w.is_confirmed AND EXISTS (
      SELECT 1 FROM feedback_events n WHERE n.incident_id = w.incident_id AND n.event_type = 'root_cause_set'
        AND (n.created_at, n.feedback_event_id) > (w.judged_at, w.feedback_event_id)))`;
}

/** What the subject of a cause begins with that people named in their own words (`subjectKey`). */
export const namedPrefix = "named ";

/** Of one whose cause people named outside of all that was answered: who, when and what. */
export interface OtherCause extends Pick<LastWord, "incident_id" | "actor_type" | "actor_id" | "login"> {
  readonly said_at: Date;
  readonly feedback_event_id: string;
  readonly summary: string | null;
  /** 0..1, where whoever confirmed it later said so. */
  readonly sureness: number | null;
}

/**
 * A query of `OtherCause`s: the incidents, picked as in `lastWords`, whose cause people named last, and as one that no finding tells of. The answer after it has that cause as
 * a hypothesis: to confirm that one names the cause again, to reject it takes it back.
 */
export function otherCauses(among: RawBuilder<unknown>): RawBuilder<OtherCause> {
  return sql<OtherCause>`
    SELECT o.* FROM (
      SELECT DISTINCT ON (i.id) i.id AS incident_id, e.created_at AS said_at, e.feedback_event_id, e.actor_type, e.actor_id, u.github_login AS login,
        coalesce(substr(n.subject, ${namedPrefix.length + 1}::int), e.payload ->> 'summary') AS summary, (e.payload ->> 'confidence_override')::float8 AS sureness,
        CASE WHEN e.event_type = 'hypothesis_rejected' THEN NULL WHEN n.subject IS NOT NULL THEN 'other' ELSE e.payload ->> 'root_cause_kind' END AS kind
      FROM incidents i
      JOIN feedback_events e ON e.incident_id = i.id AND e.event_type IN ('hypothesis_confirmed', 'hypothesis_rejected', 'root_cause_set')
      LEFT JOIN LATERAL (SELECT h.details ->> 'subject' AS subject FROM incident_hypotheses h WHERE h.incident_id = i.id
        AND h.hypothesis_id = (e.payload ->> 'hypothesis_id')::uuid AND starts_with(h.details ->> 'subject', ${namedPrefix})) n ON true
      LEFT JOIN users u ON e.actor_type = 'user' AND u.id::text = e.actor_id
      WHERE ${among} AND (e.event_type <> 'hypothesis_rejected' OR n.subject IS NOT NULL) ORDER BY i.id, e.created_at DESC, e.feedback_event_id DESC
    ) o WHERE o.kind = 'other'`;
}
