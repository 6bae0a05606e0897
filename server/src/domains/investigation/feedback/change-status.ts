import type { FeedbackInput } from "@culprit/contract";
import type { Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { type Actor, moveIncidents } from "../../incident/index.ts";
import { startExecution } from "../../workflow/index.ts";
import type { LockedIncident } from "./lock-incident.ts";

type StatusChange = Extract<FeedbackInput, { event_type: "incident_status_changed" }>["payload"];

/**
 * Moves the incident and sets going what belongs to its new state: an approved one is investigated, a reopened one is put
 * before the gate. @returns the id of the event that the move appended.
 */
export async function changeStatus(
  tx: Transaction<DB>,
  queue: Queue,
  incident: LockedIncident,
  { actor, change }: { readonly actor: Actor; readonly change: StatusChange },
): Promise<string> {
  const { from, to } = change;
  if (incident.status !== from)
    throw new CulpritError("CONFLICT", `The incident is ${incident.status} by now, no longer ${from}.`);
  const reason = change.reason ?? `Moved from ${from} to ${to}.`;
  const moved = await moveIncidents(tx, { to, actor, moves: [{ incidentId: incident.id, reason, details: {} }] });
  const eventId = moved.get(incident.id);
  if (eventId === undefined) throw new CulpritError("CONFLICT", `An incident that is ${from} can't become ${to}.`);
  const { id: incidentId, projectId } = incident;
  if (to === "triaged") {
    const trigger = { type: "manual", data: { reason } };
    await startExecution(tx, queue, { workflow: "incident-response", projectId, incidentId, trigger });
  }
  if (to === "open") await queue.enqueue(tx, "gate", { projectId }, { key: projectId });
  return eventId;
}
