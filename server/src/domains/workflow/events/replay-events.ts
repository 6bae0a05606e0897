import type { Replay } from "@culprit/contract";
import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { insertEvents } from "./emit-event.ts";

/**
 * Makes events happen again: a new event of each, marked as its replay, is held against the triggers as they are now. All of
 * them or none.
 * @throws CulpritError NOT_FOUND; CONFLICT for one of which only the beginning is kept.
 */
export async function replayEvents(
  scope: DatabaseScope,
  { projectId, eventIds }: { readonly projectId: string; readonly eventIds: readonly string[] },
): Promise<Replay> {
  const rows = [...new Set(eventIds)].map((id) => ({ id, new_id: newId() }));
  return scope.transaction(async (tx) => {
    const { rows: found } = await sql<{ id: string; is_cut: boolean }>`
      SELECT event_id AS id, refused IS NOT NULL AND payload ? 'payload_bytes' AS is_cut FROM workflow_events
      WHERE project_id = ${projectId} AND event_id = ANY(${rows.map(({ id }) => id)}::uuid[])`.execute(tx);
    const missing = rows.find(({ id }) => !found.some((one) => one.id === id));
    if (missing !== undefined)
      throw new CulpritError("NOT_FOUND", `There is no event ${toPublicId("evt", missing.id)} in this project.`);
    const cut = found.find(({ is_cut }) => is_cut);
    if (cut !== undefined)
      throw new CulpritError(
        "CONFLICT",
        `The event ${toPublicId("evt", cut.id)} was too large and only its beginning is kept, so it can't be replayed. Have it sent again.`,
      );
    await insertEvents(sql`
      SELECT r.new_id, e.project_id, e.event_type, e.subject, e.payload, e.incident_id, e.integration_event_id, e.event_id, NULL::text,
        NULL::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, new_id uuid) JOIN workflow_events e ON e.event_id = r.id
      ORDER BY r.new_id`).execute(tx);
    return {
      items: rows.map(({ id, new_id }) => ({ id: toPublicId("evt", new_id), replay_of: toPublicId("evt", id) })),
    };
  });
}
