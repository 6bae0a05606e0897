import type { FeedbackInput } from "@culprit/contract";
import type { Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { type Actor, moveByHand } from "../../incident/index.ts";
import type { LockedIncident } from "./lock-incident.ts";

type StatusChange = Extract<FeedbackInput, { event_type: "incident_status_changed" }>["payload"];

/**
 * Moves the incident from where its sender saw it.
 * @returns the id of the event that the move appended.
 * @throws CulpritError CONFLICT when it stands elsewhere by now, or the machine knows no such move.
 */
export async function changeStatus(
  tx: Transaction<DB>,
  queue: Queue,
  incident: LockedIncident,
  { actor, change }: { readonly actor: Actor; readonly change: StatusChange },
): Promise<string> {
  const { from, to, reason = `Moved from ${from} to ${to}.` } = change;
  const { id: incidentId, projectId, status } = incident;
  if (status !== from) throw new CulpritError("CONFLICT", `The incident is ${status} by now, no longer ${from}.`);
  const eventId = await moveByHand(tx, queue, { incidentId, projectId, to, reason, actor });
  if (eventId === null) throw new CulpritError("CONFLICT", `An incident that is ${from} can't become ${to}.`);
  return eventId;
}
