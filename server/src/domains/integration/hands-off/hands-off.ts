import type { HandsOff, HandsOffList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { emitEvent } from "../../workflow/index.ts";
import { instantPlaceOf, pageOf } from "../list-cursor.ts";

/*
 * The hands-off switch: a standing row of `hands_off` that covers an effect stops it. The effect ledger of the workflow
 * domain reads the rows itself, in the transaction that would begin the effect, so a switch holds from its commit on.
 */

/** What a switch covers: all of Culprit, a project, or a service of one. */
export interface HandsOffScope {
  readonly projectId: string | null;
  readonly service: string | null;
}

interface Row {
  readonly id: string;
  readonly project_id: string | null;
  readonly service: string | null;
  readonly reason: string;
  readonly set_by: string;
  readonly set_at: Date;
  readonly cleared_by: string | null;
  readonly cleared_at: Date | null;
}

const columns = sql`hands_off_id AS id, project_id, service, reason, set_by, set_at, cleared_by, cleared_at`;

/**
 * Stops every outward effect in a scope. Where it is stopped already, the standing switch stays as it is.
 * @throws CulpritError INVALID_REQUEST for a service without its project.
 */
export async function setHandsOff(
  database: DatabaseScope,
  who: Who,
  { projectId, service, reason }: HandsOffScope & { readonly reason: string },
): Promise<HandsOff> {
  if (service !== null && projectId === null)
    throw new CulpritError("INVALID_REQUEST", "A service belongs to a project: name it too.", {
      details: { field: "project" },
    });
  return database.transaction(async (tx) => {
    const { rows } = await sql<Row>`
      INSERT INTO hands_off (hands_off_id, project_id, service, reason, set_by)
      VALUES (${newId()}, ${projectId}, ${service}, ${reason}, ${who.name})
      ON CONFLICT (project_id, service) WHERE cleared_at IS NULL DO NOTHING RETURNING ${columns}`.execute(tx);
    const row = rows[0];
    if (row === undefined) {
      const { rows: standing } = await sql<Row>`
        SELECT ${columns} FROM hands_off WHERE cleared_at IS NULL AND project_id IS NOT DISTINCT FROM ${projectId}
          AND service IS NOT DISTINCT FROM ${service}`.execute(tx);
      const [other] = standing;
      if (other === undefined) throw new CulpritError("CONFLICT", "It was ended in this very moment; try again.");
      return toWire(other);
    }
    await tell(tx, who, row, "hands_off.set");
    return toWire(row);
  });
}

/** Ends the switch of exactly that scope; wider and narrower ones stay. @throws CulpritError NOT_FOUND where none stands. */
export async function clearHandsOff(
  database: DatabaseScope,
  who: Who,
  { projectId, service }: HandsOffScope,
): Promise<HandsOff> {
  return database.transaction(async (tx) => {
    const { rows } = await sql<Row>`
      UPDATE hands_off SET cleared_at = now(), cleared_by = ${who.name}
      WHERE cleared_at IS NULL AND project_id IS NOT DISTINCT FROM ${projectId} AND service IS NOT DISTINCT FROM ${service}
      RETURNING ${columns}`.execute(tx);
    const row = rows[0];
    if (row === undefined) throw new CulpritError("NOT_FOUND", "No hands-off switch stands there.");
    await tell(tx, who, row, "hands_off.cleared");
    return toWire(row);
  });
}

/** The widest switch that covers this, or null where effects go out. */
export async function isHandsOff(db: Kysely<DB>, { projectId, service }: HandsOffScope): Promise<HandsOff | null> {
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM hands_off WHERE cleared_at IS NULL
      AND (project_id IS NULL OR (project_id = ${projectId} AND (service IS NULL OR service = ${service})))
    ORDER BY project_id NULLS FIRST, service NULLS FIRST LIMIT 1`.execute(db);
  return rows[0] === undefined ? null : toWire(rows[0]);
}

/** Switches, those that stand first, then the newest. `projectId`: those of it and the one for all of Culprit. */
export async function listHandsOff(
  db: Kysely<DB>,
  filter: {
    readonly projectId: string | null;
    readonly state: "standing" | "all";
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<HandsOffList> {
  const after = instantPlaceOf(filter.cursor);
  // One that stands is sorted as if it had been set at the end of time.
  const key = sql`CASE WHEN cleared_at IS NULL THEN set_at + interval '1000 years' ELSE set_at END`;
  const { rows } = await sql<Row & { cursor_key: string }>`
    SELECT ${columns}, (${key})::text AS cursor_key FROM hands_off
    WHERE (${filter.projectId}::uuid IS NULL OR project_id IS NULL OR project_id = ${filter.projectId}::uuid)
      AND (${filter.state === "all"} OR cleared_at IS NULL)
      AND (${after === null} OR (${key}, hands_off_id) < (${after?.key ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY ${key} DESC, hands_off_id DESC LIMIT ${filter.limit + 1}`.execute(db);
  const { page, nextCursor } = pageOf(rows, filter.limit);
  return { items: page.map(toWire), next_cursor: nextCursor };
}

/** The audit row, and the event where a project is concerned: an event belongs to one. */
async function tell(tx: Parameters<typeof emitEvent>[0], who: Who, row: Row, action: string): Promise<void> {
  const { project_id: projectId, service, reason } = row;
  const details = { service, reason };
  await audit(tx, who, { projectId, action, targetType: "hands_off", targetId: toPublicId("hof", row.id), details });
  if (projectId === null) return;
  const payload = { service, reason, actor: who.name };
  await emitEvent(tx, { projectId, type: action, subject: `hands_off:${service ?? "project"}`, payload });
}

function toWire(row: Row): HandsOff {
  return {
    id: toPublicId("hof", row.id),
    project_id: row.project_id === null ? null : toPublicId("proj", row.project_id),
    service: row.service,
    reason: row.reason,
    set_by: row.set_by,
    set_at: row.set_at.toISOString(),
    cleared_by: row.cleared_by,
    cleared_at: row.cleared_at?.toISOString() ?? null,
  };
}
