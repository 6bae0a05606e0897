import type { IncidentRef, movableStatuses } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { partOf } from "./part-of.ts";
import { type Actor, moveIncidents } from "./status.ts";

export interface HandMove {
  readonly incidentId: string;
  readonly projectId: string;
  readonly to: (typeof movableStatuses)[number];
  readonly reason: string;
  readonly actor: Actor;
}

/**
 * Moves an incident for somebody who decided so, and sets going what belongs to its new state: the event of an
 * approval starts `incident-response`, a reopened one is put before the gate.
 * @returns the id of the event that the move left in the feedback log; null when the incident stood where the machine does
 * not allow the move, and nothing was changed.
 * @throws CulpritError CONFLICT for reopening what is a part of another incident: what belongs to it goes there.
 */
export async function moveByHand(tx: Transaction<DB>, queue: Queue, move: HandMove): Promise<string | null> {
  const { incidentId, projectId, to, reason, actor } = move;
  if (to === "open") await refusePart(tx, incidentId);
  const moved = await moveIncidents(tx, { to, actor, moves: [{ incidentId, reason, details: {} }] });
  const eventId = moved.get(incidentId);
  if (eventId === undefined) return null;
  if (to === "open") await queue.enqueue(tx, "gate", { projectId }, { key: projectId });
  return eventId;
}

async function refusePart(tx: Transaction<DB>, incidentId: string): Promise<void> {
  const { rows } = await sql<{ part_of: IncidentRef | null }>`
    SELECT (${partOf}) AS part_of FROM incidents i WHERE i.id = ${incidentId} AND i.status = 'resolved'`.execute(tx);
  const whole = rows[0]?.part_of ?? null;
  if (whole === null) return;
  throw new CulpritError(
    "CONFLICT",
    `It is a part of ${whole.id} (${whole.title.slice(0, 200)}), which goes on with its occurrences and can be reopened instead.`,
    { details: { field: "status", provided: "open" } },
  );
}
