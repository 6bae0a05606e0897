import { type FaultEvent, faultEventSchema } from "@culprit/contract";
import type { Transaction } from "kysely";
import { signalOfFault } from "../../../analysis/fault/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { tryAgain } from "../../../platform/db/try-again.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { prepareSignal } from "../prepare-signal.ts";
import type { StoredSignal, StorePolicy } from "../signal-to-store.ts";
import { storeSignals, storingConflicts } from "../store-signals.ts";
import { receiptIdOf, withFaultId } from "./fault-id.ts";

export interface FaultToStore {
  readonly projectId: string;
  /** As it came over the wire. */
  readonly event: FaultEvent | Readonly<Record<string, unknown>>;
  readonly receivedAt: Date;
  /** Of the cluster. */
  readonly environment: string;
  /** The workload by its labels, where somebody read them. */
  readonly service?: string | undefined;
}

export interface CreatedIncident extends StoredSignal {
  readonly faultId: string;
}

/**
 * Stores a fault event, and opens its incident as `pending` or joins the one that the same fault has, in one transaction
 * with the job of the gate. The way in is that of all signals: an incident that is resolved stays so for late receipts and is
 * reopened as a regression after the grace. The same receipt again changes nothing. Needs the engine's role.
 * @throws ZodError for an event without the documented shape.
 */
export async function createIncident(
  database: Database,
  queue: Queue,
  { projectId, event, receivedAt, environment, service }: FaultToStore,
  policy: StorePolicy,
): Promise<CreatedIncident> {
  const fault = withFaultId(faultEventSchema.parse(event));
  const signal = signalOfFault({ fault, eventId: receiptIdOf(fault), environment, service });
  const item = prepareSignal(projectId, signal, receivedAt);
  const store = async (tx: Transaction<DB>) => {
    const { stored, projectsToGate } = await storeSignals(tx, [item], policy);
    for (const id of projectsToGate) await queue.enqueue(tx, "gate", { projectId: id }, { key: id });
    const [result] = stored;
    if (result === undefined) throw new Error(`the fault ${fault.faultId} was not stored`);
    return { ...result, faultId: fault.faultId };
  };
  return tryAgain(() => database.transaction(store), storingConflicts);
}
