import type { movableStatuses } from "@culprit/contract";
import type { Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { Queue } from "../../platform/queue/queue.ts";
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
 */
export async function moveByHand(tx: Transaction<DB>, queue: Queue, move: HandMove): Promise<string | null> {
  const { incidentId, projectId, to, reason, actor } = move;
  const moved = await moveIncidents(tx, { to, actor, moves: [{ incidentId, reason, details: {} }] });
  const eventId = moved.get(incidentId);
  if (eventId === undefined) return null;
  if (to === "open") await queue.enqueue(tx, "gate", { projectId }, { key: projectId });
  return eventId;
}
