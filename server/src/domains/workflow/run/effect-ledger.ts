import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import { storableJson } from "../../../platform/db/storable-json.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { type Effect, type EffectAnswer, EffectRefused, EffectStopped, EffectUnknown } from "../effect.ts";
import { reasonOf } from "./outcome.ts";

/** How long what was sent may take until it is found, unless the effect says: longer than an exchange may last. */
const SETTLES_WITHIN_MS = 15_000;
/** A lease that is nearly over starts nothing: the next holder might start it too. */
const LEASE_LEFT_S = 2;
const REASON_MAX = 2000;
const STALL_MS = 1000;

/*
 * The life of an effect, a row of `deliveries`.
 *
 *   (none) ──begin──▶ sending ──answer──▶ sent
 *                        │ refused ─────▶ failed ──next try──▶ sending
 *                        │
 *                        └ no answer, or the process died:
 *                            idempotent  ──next try──▶ sending, with the same key
 *                            lookup      ──after settling: found ▶ sent, not found ▶ sending
 *                            atMostOnce  ▶ unknown ──a person: it happened ▶ sent, it did not ▶ failed
 *
 * `sending` is committed before anything goes out, by the holder of the lease alone, and while no hands-off switch
 * stands. Whoever got an answer writes it whatever became of his lease, because it is the truth.
 */

/** Whose step makes an effect, and under which lease. */
export interface EffectHolder {
  readonly executionId: string;
  readonly token: string;
  readonly projectId: string;
  readonly incidentId: string | null;
  readonly path: string;
  readonly signal: AbortSignal;
  /** Strikes secrets out of what is stored. */
  readonly redact: <T>(value: T) => T;
}

/**
 * Makes an effect at most once, whatever crashed before.
 * @throws EffectStopped, EffectRefused, EffectUnknown; or what `send` threw, where it is to be tried again.
 */
export async function makeEffect(database: Database, holder: EffectHolder, effect: Effect): Promise<EffectAnswer> {
  const key = keyOf(`${holder.executionId}:${holder.path}:${effect.key}`);
  const askedAtMs = performance.now();
  const begun = await database.transaction((tx) => begin(tx, holder, effect, key));
  if (begun.kind === "sent") return begun.answer;
  if (begun.kind === "unknown") throw unknownEffect(begun.deliveryId, effect);
  const { deliveryId } = begun;
  const attempt = { idempotencyKey: key, signal: holder.signal };
  let answer: EffectAnswer | null = null;
  try {
    if (begun.kind === "look-up" && effect.find !== undefined) {
      await delay(begun.settleMs, undefined, { signal: holder.signal });
      answer = await effect.find(attempt).catch((cause: unknown) => {
        // A refused look says nothing of what was sent: it must not count as a refusal of that.
        throw new Error(`It can't be looked up whether it was made: ${reasonOf(cause)}`, { cause });
      });
    }
    if (answer === null) {
      // After a stall the lease may be another's, who looks for what is about to be sent here.
      if (performance.now() - askedAtMs > STALL_MS) await refuseWithoutLease(database, holder);
      answer = await effect.send(attempt);
    }
  } catch (cause) {
    // Nothing was sent, and what stands in the row is the next holder's.
    if (cause instanceof EffectStopped) throw cause;
    await conclude(database, deliveryId, effect, cause, holder);
    throw effect.repeat === "atMostOnce" && !(cause instanceof EffectRefused)
      ? unknownEffect(deliveryId, effect, cause)
      : cause;
  }
  await sql`UPDATE deliveries SET status = 'sent', external_ref = ${storableJson(answer.externalRef)},
    response = ${JSON.stringify(storableJson(holder.redact(answer.response)))}::jsonb, error_message = NULL, sent_at = now()
    WHERE delivery_id = ${deliveryId} AND settled_at IS NULL`.execute(database.db);
  return answer;
}

/** The same for every try of the same effect; a long one is hashed, because columns and vendors have limits. */
function keyOf(plain: string): string {
  return plain.length <= 200 ? plain : `sha256:${createHash("sha256").update(plain).digest("hex")}`;
}

type Begun =
  | { readonly kind: "send"; readonly deliveryId: string }
  | { readonly kind: "look-up"; readonly deliveryId: string; readonly settleMs: number }
  | { readonly kind: "sent"; readonly answer: EffectAnswer }
  | { readonly kind: "unknown"; readonly deliveryId: string };

async function begin(tx: Transaction<DB>, holder: EffectHolder, effect: Effect, key: string): Promise<Begun> {
  if (!(await holdsLease(tx, holder))) throw withoutLease();
  const { rows } = await sql<Known>`
    SELECT delivery_id, status, external_ref, response,
      extract(epoch FROM now() - attempt_started_at) * 1000 AS age_ms
    FROM deliveries WHERE project_id = ${holder.projectId} AND idempotency_key = ${key} FOR UPDATE`.execute(tx);
  const known = rows[0];
  if (known?.status === "sent")
    return { kind: "sent", answer: { externalRef: known.external_ref, response: known.response ?? {} } };
  if (known?.status === "unknown") return { kind: "unknown", deliveryId: known.delivery_id };
  if (known?.status === "sending" && effect.repeat === "atMostOnce") {
    await markUnknown(tx, known.delivery_id, "The worker stopped between sending it and storing the answer.");
    return { kind: "unknown", deliveryId: known.delivery_id };
  }
  await refuseWhileHandsOff(tx, holder.projectId, effect.service ?? null);
  const deliveryId = known?.delivery_id ?? newId();
  const request = JSON.stringify(storableJson(holder.redact(effect.request)));
  await sql`
    INSERT INTO deliveries (delivery_id, project_id, incident_id, execution_id, integration_id, kind, idempotency_key, status,
      attempt_count, request, step_path, recipient, repeat, attempt_started_at)
    VALUES (${deliveryId}, ${holder.projectId}, ${holder.incidentId}, ${holder.executionId}, ${effect.integrationId ?? null},
      ${effect.kind}, ${key}, 'sending', 1, ${request}::jsonb, ${holder.path}, ${holder.redact(effect.recipient)}, ${effect.repeat}, now())
    ON CONFLICT (project_id, idempotency_key) DO UPDATE SET status = 'sending', attempt_count = deliveries.attempt_count + 1,
      request = excluded.request, attempt_started_at = now(), settled_by = NULL, settled_at = NULL`.execute(tx);
  if (known?.status !== "sending" || effect.repeat !== "lookup") return { kind: "send", deliveryId };
  const settleMs = Math.max(0, (effect.settlesWithinMs ?? SETTLES_WITHIN_MS) - known.age_ms);
  return { kind: "look-up", deliveryId, settleMs };
}

async function holdsLease(db: Kysely<DB>, holder: EffectHolder): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM workflow_executions WHERE id = ${holder.executionId} AND lease_token = ${holder.token}
      AND status = 'running' AND lease_until > now() + make_interval(secs => ${LEASE_LEFT_S}) FOR SHARE`.execute(db);
  return rows.length > 0;
}

async function refuseWithoutLease(database: Database, holder: EffectHolder): Promise<void> {
  if (!(await holdsLease(database.db, holder))) throw withoutLease();
}

function withoutLease(): EffectStopped {
  return new EffectStopped("The execution was cancelled, or another worker carries it on.", { isHandsOff: false });
}

interface Known {
  readonly delivery_id: string;
  readonly status: string;
  readonly external_ref: string | null;
  readonly response: Readonly<Record<string, unknown>> | null;
  readonly age_ms: number;
}

async function refuseWhileHandsOff(tx: Transaction<DB>, projectId: string, service: string | null): Promise<void> {
  const { rows } = await sql<{ reason: string; set_by: string; project_id: string | null; service: string | null }>`
    SELECT reason, set_by, project_id, service FROM hands_off
    WHERE cleared_at IS NULL AND (project_id IS NULL OR (project_id = ${projectId} AND (service IS NULL OR service = ${service})))
    ORDER BY project_id NULLS FIRST LIMIT 1`.execute(tx);
  const switched = rows[0];
  if (switched === undefined) return;
  const where =
    switched.project_id === null
      ? "everywhere"
      : switched.service === null
        ? "for this project"
        : `for ${switched.service}`;
  throw new EffectStopped(`Hands off ${where}, said ${switched.set_by}: ${switched.reason}`, { isHandsOff: true });
}

/** Stores what is known after a try that brought no answer. */
async function conclude(
  database: Database,
  deliveryId: string,
  effect: Effect,
  cause: unknown,
  holder: EffectHolder,
): Promise<void> {
  const reason = storableJson(holder.redact(reasonOf(cause)).slice(0, REASON_MAX));
  if (cause instanceof EffectRefused) {
    await sql`UPDATE deliveries SET status = 'failed', error_message = ${reason} WHERE delivery_id = ${deliveryId}`.execute(
      database.db,
    );
  } else if (effect.repeat === "atMostOnce") {
    await markUnknown(database.db, deliveryId, `No answer came, so it may have been made: ${reason}`);
  } else {
    await sql`UPDATE deliveries SET error_message = ${reason} WHERE delivery_id = ${deliveryId}`.execute(database.db);
  }
}

async function markUnknown(db: Database["db"], deliveryId: string, reason: string): Promise<void> {
  await sql`UPDATE deliveries SET status = 'unknown', error_message = ${reason}
    WHERE delivery_id = ${deliveryId} AND status = 'sending'`.execute(db);
}

function unknownEffect(deliveryId: string, effect: Effect, cause?: unknown): EffectUnknown {
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new EffectUnknown(
    `It is unknown whether the ${effect.kind} to ${effect.recipient} was made${why}. Look there, then say so on this execution's page.`,
    deliveryId,
  );
}
