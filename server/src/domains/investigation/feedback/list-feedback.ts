import type { ActorType, FeedbackEvent, FeedbackEventType, FeedbackList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { type IdPrefix, toPublicId } from "../../../platform/ids/ids.ts";

/** The newest that are shown; a log of more is one of a machine's. */
const EVENTS_MAX = 1000;

/**
 * The log of an incident, oldest first, the newest 1,000 of it.
 * @throws CulpritError NOT_FOUND when there is no such incident.
 */
export async function listFeedback(db: Kysely<DB>, incidentId: string): Promise<FeedbackList> {
  const { rows } = await sql`SELECT 1 FROM incidents WHERE id = ${incidentId}`.execute(db);
  if (rows.length === 0)
    throw new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", incidentId)} that you can see.`);
  return { events: await loadFeedback(db, incidentId) };
}

/** The events of an incident, or the one named, oldest first. */
export async function loadFeedback(
  db: Kysely<DB>,
  incidentId: string,
  eventId: string | null = null,
): Promise<FeedbackEvent[]> {
  const { rows } = await sql<EventRow>`
    SELECT e.feedback_event_id, e.created_at, e.actor_type, e.actor_id, e.event_type, e.payload, u.github_login AS login
    FROM feedback_events e LEFT JOIN users u ON e.actor_type = 'user' AND u.id::text = e.actor_id
    WHERE e.incident_id = ${incidentId} AND (${eventId}::uuid IS NULL OR e.feedback_event_id = ${eventId}::uuid)
    ORDER BY e.created_at DESC, e.feedback_event_id DESC LIMIT ${EVENTS_MAX}`.execute(db);
  return rows.reverse().map(toEvent);
}

interface EventRow {
  feedback_event_id: string;
  created_at: Date;
  actor_type: ActorType;
  actor_id: string | null;
  event_type: FeedbackEventType;
  payload: Record<string, unknown>;
  login: string | null;
}

function toEvent(row: EventRow): FeedbackEvent {
  const isUser = row.actor_type === "user" && row.actor_id !== null;
  return {
    id: toPublicId("fbk", row.feedback_event_id),
    created_at: row.created_at.toISOString(),
    actor_type: row.actor_type,
    actor_id: isUser && row.actor_id !== null ? toPublicId("usr", row.actor_id) : row.actor_id,
    actor: nameOfActor(row),
    event_type: row.event_type,
    payload: Object.fromEntries(Object.entries(row.payload).map(([name, value]) => [name, publicly(name, value)])),
  };
}

/** Who said it, in words for people. */
export function nameOfActor({
  actor_type,
  actor_id,
  login,
}: Pick<EventRow, "actor_type" | "actor_id" | "login">): string {
  switch (actor_type) {
    case "user":
      return login ?? "a former user";
    case "integration":
      return actor_id ?? "an integration";
    case "system":
      return "Culprit";
  }
}

const prefixOf: Readonly<Record<string, IdPrefix>> = {
  hypothesis_id: "hyp",
  evidence_id: "evd",
  deployment_event_id: "dep",
};

function publicly(name: string, value: unknown): unknown {
  const prefix = prefixOf[name];
  return prefix === undefined || typeof value !== "string" ? value : toPublicId(prefix, value);
}
