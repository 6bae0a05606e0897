import type { EventDetail, EventList, EventSummary } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { listLedger } from "../triggers/list-ledger.ts";

export interface EventFilter {
  /** Null: every project that the scope's tenant may see. */
  readonly projectId: string | null;
  /** A glob of `*`. */
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly incidentId?: string | undefined;
  readonly state?: EventSummary["state"] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of events, newest first. @throws CulpritError INVALID_REQUEST for a foreign cursor. */
export async function listEvents(db: Kysely<DB>, filter: EventFilter): Promise<EventList> {
  const { projectId, type, subject, incidentId, state, limit, cursor } = filter;
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (projectId !== null) conditions.push(sql`e.project_id = ${projectId}`);
  if (type !== undefined)
    conditions.push(type.includes("*") ? sql`e.event_type LIKE ${likeOf(type)}` : sql`e.event_type = ${type}`);
  if (subject !== undefined) conditions.push(sql`e.subject = ${subject}`);
  if (incidentId !== undefined) conditions.push(sql`e.incident_id = ${incidentId}`);
  if (state === "waiting") conditions.push(sql`e.matched_at IS NULL`);
  if (state === "matched") conditions.push(sql`e.matched_at IS NOT NULL AND e.refused IS NULL`);
  if (state === "refused") conditions.push(sql`e.refused IS NOT NULL`);
  if (cursor !== undefined) {
    const [createdAt, id] = parseCursor(cursor, 2);
    conditions.push(sql`(e.created_at, e.event_id) < (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  const { rows } = await sql<EventRow>`
    SELECT ${columns} FROM (SELECT * FROM workflow_events e WHERE ${sql.join(conditions, sql` AND `)}
      ORDER BY e.created_at DESC, e.event_id DESC LIMIT ${limit + 1}) e ${counts}
    ORDER BY e.created_at DESC, e.event_id DESC`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toEvent),
    next_cursor: rows.length > limit && last !== undefined ? formatCursor([last.created_at_text, last.event_id]) : null,
  };
}

/** One event with its payload and the rows of the ledger about it. @throws CulpritError NOT_FOUND. */
export async function loadEvent(db: Kysely<DB>, eventId: string): Promise<EventDetail> {
  const { rows } = await sql<EventRow & { payload: Readonly<Record<string, unknown>> }>`
    SELECT ${columns}, e.payload FROM workflow_events e ${counts} WHERE e.event_id = ${eventId}`.execute(db);
  const row = rows[0];
  if (row === undefined)
    throw new CulpritError("NOT_FOUND", `There is no event ${toPublicId("evt", eventId)} that you can see.`);
  const { items: ledger } = await listLedger(db, { projectId: null, eventId, limit: 100 });
  return { ...toEvent(row), payload: { ...row.payload }, ledger };
}

interface EventRow {
  readonly event_id: string;
  readonly project_id: string;
  readonly event_type: string;
  readonly subject: string | null;
  readonly incident_id: string | null;
  readonly refused: string | null;
  readonly replay_of: string | null;
  readonly ran: number;
  readonly did_not_run: number;
  readonly created_at: Date;
  readonly created_at_text: string;
  readonly matched_at: Date | null;
}

const columns = sql`e.event_id, e.project_id, e.event_type, e.subject, e.incident_id, e.refused, e.replay_of, l.ran, l.did_not_run,
  e.created_at, e.created_at::text AS created_at_text, e.matched_at`;
const counts = sql`CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE outcome = 'ran')::int AS ran,
  count(*) FILTER (WHERE outcome = 'did_not_run')::int AS did_not_run FROM trigger_ledger WHERE event_id = e.event_id) l`;

function toEvent(row: EventRow): EventSummary {
  const state = row.refused !== null ? "refused" : row.matched_at === null ? "waiting" : "matched";
  return {
    id: toPublicId("evt", row.event_id),
    project_id: toPublicId("proj", row.project_id),
    type: row.event_type,
    subject: row.subject,
    incident_id: row.incident_id === null ? null : toPublicId("inc", row.incident_id),
    state,
    refused_reason: row.refused,
    replay_of: row.replay_of === null ? null : toPublicId("evt", row.replay_of),
    ran_count: row.ran,
    did_not_run_count: row.did_not_run,
    created_at: row.created_at.toISOString(),
    matched_at: row.matched_at?.toISOString() ?? null,
  };
}

function likeOf(glob: string): string {
  return glob.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%");
}
