import { sql, type Transaction } from "kysely";
import type { Database } from "../../../../platform/db/open-database.ts";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../../platform/errors/culprit-error.ts";
import type { Queue } from "../../../../platform/queue/queue.ts";
import type { SecretBox } from "../../../../platform/secrets/secret-box.ts";
import { emitEvents } from "../../events/emit-event.ts";
import { readTrigger } from "../read-trigger.ts";
import { loadWebhookTrigger, type WebhookTrigger } from "./load-webhook-trigger.ts";
import { runWebhook } from "./run-webhook.ts";
import { WEBHOOK_EVENT, type WebhookCall, webhookPayload, webhookSubject } from "./webhook-call.ts";
import { secretBinding } from "./webhook-secret.ts";
import { matchingSignature, parseSignature, SIGNATURE_HEADER } from "./webhook-signature.ts";

/*
 * A call of a webhook trigger.
 *
 *   signed and in time ──one transaction: call claimed by its signature, event, execution, ledger, answer──▶ answered
 *   the same signature again ──▶ the stored answer, nothing started
 *   unsigned, wrongly signed, too old or too new ──▶ 401, nothing stored
 *
 * The event and the execution are there before the caller is answered, so a call that was answered is never lost; one whose
 * answer got lost can be sent again as it is.
 */

export interface WebhookDeps {
  readonly database: Database;
  readonly queue: Queue;
  readonly secretBox: SecretBox;
  readonly publicUrl: () => string;
  readonly now: () => Date;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The answer of an earlier call with the same signature. */
  readonly isRepeated: boolean;
}

/**
 * Takes a call: checks who sent it and when, stores its event, starts the workflow and says what to answer.
 * @throws CulpritError NOT_FOUND, WRONG_SIGNATURE, MALFORMED_BODY, PAYLOAD_TOO_LARGE or SECRET_UNREADABLE; nothing is stored then.
 */
export async function receiveWebhookCall(deps: WebhookDeps, call: WebhookCall): Promise<WebhookAnswer> {
  const found = await loadWebhookTrigger(deps.database.db, { token: call.token });
  if (found === null) throw new CulpritError("NOT_FOUND", "There is no webhook at this address.");
  const signature = checkSignature(deps, found, call);
  const payload = webhookPayload(call);
  return deps.database.transaction(async (tx) => {
    // Who comes second with a signature waits here until the first has committed.
    const { numAffectedRows } = await sql`
      INSERT INTO webhook_calls (trigger_id, signature, project_id, status, answer)
      VALUES (${found.triggerId}, ${signature}, ${found.projectId}, 0, '{}') ON CONFLICT DO NOTHING`.execute(tx);
    if (numAffectedRows !== 1n) return earlierAnswer(tx, found.triggerId, signature);
    const [eventId] = await emitEvents(tx, [
      {
        ...{ projectId: found.projectId, type: WEBHOOK_EVENT, subject: webhookSubject(found.triggerId), payload },
        isMatched: true,
      },
    ]);
    if (eventId === undefined) throw new Error("the event of a webhook was not stored");
    const { status, body } = await runWebhook(tx, deps, found, { eventId, payload });
    await sql`
      UPDATE webhook_calls SET event_id = ${eventId}, status = ${status}, answer = ${JSON.stringify(body ?? null)}::jsonb
      WHERE trigger_id = ${found.triggerId} AND signature = ${signature}`.execute(tx);
    return { status, body, isRepeated: false };
  });
}

async function earlierAnswer(tx: Transaction<DB>, triggerId: string, signature: string): Promise<WebhookAnswer> {
  const { rows } = await sql<{ status: number; answer: unknown }>`
    SELECT status, answer FROM webhook_calls WHERE trigger_id = ${triggerId} AND signature = ${signature}`.execute(tx);
  const earlier = rows[0];
  if (earlier === undefined) throw new Error("an earlier call vanished");
  return { status: earlier.status, body: earlier.answer, isRepeated: true };
}

/** @returns the signature of the call. @throws CulpritError WRONG_SIGNATURE. */
function checkSignature(
  { secretBox, now }: WebhookDeps,
  found: WebhookTrigger,
  { headers, body }: WebhookCall,
): string {
  const header = headers[SIGNATURE_HEADER];
  const parsed = parseSignature(typeof header === "string" ? header : undefined);
  if (parsed === null)
    throw new CulpritError(
      "WRONG_SIGNATURE",
      `The call is not signed. Send ${SIGNATURE_HEADER}: t=<seconds since 1970>,v1=<hex>.`,
    );
  if (found.secretEncrypted === null)
    throw new CulpritError("WRONG_SIGNATURE", "This webhook has no secret yet. Make one on the workflow's page.");
  const secret = secretBox.open(found.secretEncrypted, secretBinding(found.triggerId));
  const signature = matchingSignature(parsed, secret, body);
  if (signature === null)
    throw new CulpritError("WRONG_SIGNATURE", "The signature is not that of this body and this webhook's secret.");
  const trigger = readTrigger("webhook", found.conditions);
  const windowS = "type" in trigger && trigger.type === "webhook" ? trigger.replay_window : 300;
  const offS = Math.round(Math.abs(now().getTime() / 1000 - parsed.atS));
  if (offS > windowS)
    throw new CulpritError(
      "WRONG_SIGNATURE",
      `The call was signed ${offS} s away from now, more than the ${windowS} s that are allowed. Sign it anew, and check the clocks.`,
    );
  return signature;
}
