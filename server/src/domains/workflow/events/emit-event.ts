import { type RawBuilder, sql, type Transaction } from "kysely";
import { storableJson, storableText } from "../../../platform/db/storable-json.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { EVENTS_CHANNEL, PAYLOAD_BYTES_MAX, REFUSED_KEPT_CHARACTERS } from "./event-limits.ts";

/*
 * Something that happened, for triggers to match. The row in `workflow_events` is the job: it waits until `matched_at`
 * is set, in the transaction that starts what it set going. A notification at commit wakes the dispatcher within
 * milliseconds; where none arrives (a transaction pooler), the dispatcher finds the row by looking every second.
 */

export interface WorkflowEvent {
  readonly projectId: string;
  /** `pull_request.opened`, `incident.approved`. */
  readonly type: string;
  /** What it is about; events of one subject are matched in their order: `incident:inc_…`, `pull_request:owner/repo#7`. */
  readonly subject: string | null;
  /**
   * What conditions and templates read as `event`. The matchers of a trigger read these names of it, each optional: `branch`,
   * `paths`, `environment`, `service`, `severity`, `repository`, `author`, `labels`, `body`, `subject_kind` (`issue` or
   * `pull_request`); `match-trigger.ts` says where they look beside.
   */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly incidentId?: string | null;
  readonly integrationEventId?: string | null;
  /** The event that it repeats. */
  readonly replayOf?: string | null;
  /** Whoever stores it has asked the triggers already. */
  readonly isMatched?: boolean;
}

/** Stores an event in the caller's transaction; triggers are asked after it commits. @returns its id. */
export async function emitEvent(tx: Transaction<DB>, event: WorkflowEvent): Promise<string> {
  const [id] = await emitEvents(tx, [event]);
  if (id === undefined) throw new Error("an event was not stored");
  return id;
}

/** Stores many events by one statement; otherwise as `emitEvent`. @returns their ids, in order. */
export async function emitEvents(tx: Transaction<DB>, events: readonly WorkflowEvent[]): Promise<readonly string[]> {
  if (events.length === 0) return [];
  const rows = events.map((event) => {
    const stored = storedPayload(event.payload);
    return {
      event_id: newId(),
      project_id: event.projectId,
      event_type: event.type.slice(0, 100),
      subject: event.subject == null ? null : storableText(event.subject),
      payload: stored.payload,
      incident_id: event.incidentId ?? null,
      integration_event_id: event.integrationEventId ?? null,
      replay_of: event.replayOf ?? null,
      refused: stored.refused,
      is_matched: event.isMatched === true || stored.refused !== null,
    };
  });
  await insertEvents(sql`
    SELECT event_id, project_id, event_type, subject, payload, incident_id, integration_event_id, replay_of, refused,
      CASE WHEN is_matched THEN now() END
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(event_id uuid, project_id uuid, event_type text, subject text,
      payload jsonb, incident_id uuid, integration_event_id uuid, replay_of uuid, refused text, is_matched boolean)`).execute(
    tx,
  );
  return rows.map(({ event_id }) => event_id);
}

/**
 * The statement that stores events, to be a part of one that does the thing itself (`emitted AS (…)`), so that neither can be
 * without the other. `rows` selects event_id, project_id, event_type, subject, payload, incident_id, integration_event_id,
 * replay_of, refused and matched_at, in that order.
 */
export function insertEvents(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`INSERT INTO workflow_events (event_id, project_id, event_type, subject, payload, incident_id, integration_event_id, replay_of,
      refused, matched_at) ${rows} RETURNING pg_notify(${sql.lit(EVENTS_CHANNEL)}, project_id::text)`;
}

/** The payload as jsonb takes it, or what is kept of one that is too large, with the reason. */
function storedPayload(payload: Readonly<Record<string, unknown>>): { payload: unknown; refused: string | null } {
  const stored = storableJson(payload);
  const text = JSON.stringify(stored);
  const bytes = Buffer.byteLength(text);
  if (bytes <= PAYLOAD_BYTES_MAX) return { payload: stored, refused: null };
  return {
    payload: { payload_bytes: bytes, beginning: text.slice(0, REFUSED_KEPT_CHARACTERS).toWellFormed() },
    refused: `Its payload has ${bytes} bytes, more than the ${PAYLOAD_BYTES_MAX} that an event may have. No trigger was asked; only its beginning is kept.`,
  };
}
