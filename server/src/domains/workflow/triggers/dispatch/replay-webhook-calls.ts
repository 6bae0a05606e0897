import type { Transaction } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import type { Queue } from "../../../../platform/queue/queue.ts";
import { loadWebhookTrigger, type WebhookTrigger } from "../webhook/load-webhook-trigger.ts";
import { runWebhook } from "../webhook/run-webhook.ts";
import { triggerOfSubject } from "../webhook/webhook-call.ts";
import type { WaitingEvent } from "./waiting-events.ts";

/**
 * A call of a webhook that waits here is a replay: its own trigger is asked, and nobody waits for the answer. The first whatever
 * it takes, the others as far as `timeMs` allows.
 * @returns how many of the first were done; the others wait for the next batch.
 */
export async function replayWebhookCalls(
  tx: Transaction<DB>,
  deps: { readonly queue: Queue; readonly publicUrl: () => string },
  calls: readonly WaitingEvent[],
  { projectId, timeMs }: { readonly projectId: string; readonly timeMs: number },
): Promise<number> {
  const startedAtMs = performance.now();
  const triggers = new Map<string, WebhookTrigger | null>();
  for (const [index, { event_id: eventId, subject, payload }] of calls.entries()) {
    if (index > 0 && performance.now() - startedAtMs > timeMs) return index;
    const id = triggerOfSubject(subject);
    if (id === null) continue;
    if (!triggers.has(id)) triggers.set(id, await loadWebhookTrigger(tx, { id }));
    const found = triggers.get(id);
    // The trigger may be gone since.
    if (found?.projectId === projectId) await runWebhook(tx, deps, found, { eventId, payload });
  }
  return calls.length;
}
