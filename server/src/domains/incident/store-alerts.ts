import { hash } from "node:crypto";
import type { Alert } from "@culprit/contract";
import { signalOfAlert } from "../../analysis/alert/index.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { tryAgain } from "../../platform/db/try-again.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { prepareSignal } from "./prepare-signal.ts";
import { resolveAlerts } from "./resolve-alerts.ts";
import type { StorePolicy } from "./signal-to-store.ts";
import { storeSignals, storingConflicts } from "./store-signals.ts";

/** The alerts of one delivery of an integration. */
export interface AlertDelivery {
  readonly projectId: string;
  /** What people call the integration: who resolved an incident, where an alert did. */
  readonly sender: string;
  /** Names the delivery for good: the same one again counts nothing again. */
  readonly deliveryKey: string;
  readonly alerts: readonly Alert[];
  readonly receivedAt: Date;
}

/** What became of one alert. */
export interface StoredAlert {
  readonly incidentId: string | null;
  readonly outcome: "created" | "counted" | "repeated" | "resolved" | "nothing_to_resolve";
  /** In words for people. */
  readonly reason: string;
}

const wordsOf = {
  created: "It opened an incident.",
  counted: "It joined its incident.",
  repeated: "This delivery was stored before.",
} as const;

/**
 * Opens or joins an incident for each alert that fires, and resolves those of alerts that stopped, in one transaction of a
 * handful of statements whatever their number; the gate is woken in it. Repeating a delivery changes nothing.
 * @returns in the order of the alerts.
 */
export async function storeAlerts(
  deps: { readonly database: Database; readonly queue: Queue },
  delivery: AlertDelivery,
  policy: StorePolicy,
): Promise<readonly StoredAlert[]> {
  const { projectId, sender, deliveryKey, receivedAt } = delivery;
  const prepared = delivery.alerts.map((alert, index) => {
    const key = alert.noticeId === undefined ? [deliveryKey, index] : [alert.fingerprint, "notice", alert.noticeId];
    const eventId = hash("sha256", JSON.stringify(key)).slice(0, 32);
    return { alert, item: prepareSignal(projectId, signalOfAlert({ alert, eventId }), receivedAt) };
  });
  const firing = prepared.filter(({ alert }) => alert.status === "firing");
  const stopped = prepared.filter(({ alert }) => alert.status === "resolved");
  return tryAgain(
    () =>
      deps.database.transaction(async (tx) => {
        const results = new Map<string, StoredAlert>();
        const items = firing.map(({ item }) => item);
        const { stored, projectsToGate } =
          items.length === 0 ? { stored: [], projectsToGate: [] } : await storeSignals(tx, items, policy);
        for (const [index, { eventKey }] of items.entries()) {
          const one = stored[index];
          if (one !== undefined) results.set(eventKey, { ...one, reason: wordsOf[one.outcome] });
        }
        // Those that fire come first: one delivery may hold the end of a firing and the beginning of the next.
        for (const [index, result] of (await resolveAlerts(tx, stopped, sender)).entries()) {
          const one = stopped[index];
          if (one !== undefined) results.set(one.item.eventKey, result);
        }
        for (const id of projectsToGate) await deps.queue.enqueue(tx, "gate", { projectId: id }, { key: id });
        return prepared.map(({ item }) => {
          const result = results.get(item.eventKey);
          if (result === undefined) throw new Error(`the alert ${item.eventKey} was neither stored nor resolved`);
          return result;
        });
      }),
    storingConflicts,
  );
}
